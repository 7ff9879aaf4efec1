import { type Stretch, stretchHere } from "./stretch.ts";

// A rejection would reach nobody: a page hears only of what a worker throws outside of promises.
self.onmessage = async ({ data }: MessageEvent<Stretch>) => {
  const [result] = await Promise.allSettled([stretchHere(data)]);
  self.postMessage(result);
};
