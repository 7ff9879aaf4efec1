// Runs the stand-ins until it is told to stop.
import { readSimConfig } from "./config.ts";
import { type Served, serveApp } from "./serve-app.ts";
import { standIns } from "./stand-ins.ts";

const config = readSimConfig();
const served: Served[] = [];
for (const { name, port, app } of standIns(config)) {
  const one = await serveApp(app, { host: config.SIM_HOST, port });
  served.push(one);
  console.log(`stand-in for ${name} at ${one.origin}`);
}

const stop = () => {
  for (const { close } of served) void close();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
