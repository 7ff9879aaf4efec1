import { argon2idHere, type Argon2Input } from "./argon2.ts";

self.onmessage = async ({ data }: MessageEvent<Argon2Input>) => {
  self.postMessage(await argon2idHere(data));
};
