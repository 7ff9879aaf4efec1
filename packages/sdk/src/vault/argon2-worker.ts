import { type Argon2Input, argon2idHere } from "./argon2.ts";

self.onmessage = async ({ data }: MessageEvent<Argon2Input>) => {
  self.postMessage(await argon2idHere(data));
};
