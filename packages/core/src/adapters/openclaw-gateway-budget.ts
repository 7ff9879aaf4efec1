/** At once: a long history, several times. */
const mostBytes = 16 * 1024 * 1024;
/** From then on. Answers that grow are said again and again, and are far below it. */
const bytesPerMs = 256;
/** What the shortest frame costs to look at, in bytes of a long one. */
const frameBytes = 1024;

/** What one gateway may say: everything that it says is work for a process that serves every instance of the host. */
export type GatewayBudget = {
  /** False: it has said too much. */
  spend(bytes: number): boolean;
};

export function createGatewayBudget(): GatewayBudget {
  let spent = 0;
  let at = performance.now();
  return {
    spend: (bytes) => {
      const now = performance.now();
      spent = Math.max(0, spent - (now - at) * bytesPerMs) + frameBytes + bytes;
      at = now;
      return spent <= mostBytes;
    },
  };
}
