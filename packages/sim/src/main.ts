// Runs the stand-in for OpenRouter until it is told to stop.
import { readSimConfig } from "./config.ts";
import { startOpenRouter } from "./openrouter/server.ts";

const config = readSimConfig();
const openRouter = await startOpenRouter({
  host: config.SIM_HOST,
  port: config.SIM_PORT,
  managementKey: config.SIM_MANAGEMENT_KEY,
  stateFile: config.SIM_DATA,
});
console.log(`stand-in for OpenRouter at ${openRouter.baseUrl}`);

const stop = () => void openRouter.close();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
