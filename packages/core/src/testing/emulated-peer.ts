import { createEmulator, type EmulatorOptions } from "emulate";
import { listen } from "./listen.ts";

/** One of the stand-ins that the npm package `emulate` has, on a free port. */
export async function startEmulator(
  service: "google" | "github",
  seed: NonNullable<EmulatorOptions["seed"]>,
): Promise<{ url: string; close(): Promise<void> }> {
  // The package opens the port that it is told, and can't be asked which one it got.
  const { port, close } = await listen(() => () => undefined);
  await close();
  return createEmulator({ service, port, baseUrl: `http://localhost:${port}`, seed });
}
