// Runs the stand-ins until it is told to stop.
import { readSimConfig } from "./config.ts";
import { serveApp } from "./serve-app.ts";
import { standIns } from "./stand-ins.ts";

const config = readSimConfig();
const served = await serveApp(standIns(config), { host: config.SIM_HOST, port: config.SIM_PORT });
console.log(`stand-ins at ${served.origin}`);

const stop = () => void served.close();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
