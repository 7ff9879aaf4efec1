export const tokensPerUser = 50;
