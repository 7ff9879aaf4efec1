import { type Stretch, stretchHere } from "./stretch.ts";

self.onmessage = async ({ data }: MessageEvent<Stretch>) => {
  self.postMessage(await stretchHere(data));
};
