import { createLaunch } from "@openclaw-launch/sdk";

/** The one client of this page: API, live streams, and the vault while it is unlocked. Exists only in the browser. */
export const launch = createLaunch({ url: window.location.origin });
