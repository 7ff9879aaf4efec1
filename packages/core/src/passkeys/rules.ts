export const passkeysPerUser = 20;
