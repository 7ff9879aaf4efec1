import { shownCode } from "@openclaw-launch/sdk/testing/authenticator";
import type { Locator } from "@playwright/test";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { forgetUsedCodes } from "./stored.ts";

/** What an app reads from the picture on the screen. */
export async function scan(picture: Locator): Promise<string> {
  const { data, width, height } = PNG.sync.read(await picture.screenshot());
  const found = jsQR(Uint8ClampedArray.from(data), width, height);
  if (!found) throw new Error("no QR code can be read here");
  return found.data;
}

/** The code that the app shows now, which counts as one that was never used. */
export async function currentCode(email: string, key: string): Promise<string> {
  await forgetUsedCodes(email);
  return shownCode(key, Date.now());
}
