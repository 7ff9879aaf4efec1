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
      const before = Math.max(0, spent - (now - at) * bytesPerMs);
      // However much was said: who is quiet for a minute may speak again.
      spent = Math.min(before + frameBytes + bytes, 2 * mostBytes);
      at = now;
      return spent <= mostBytes;
    },
  };
}
