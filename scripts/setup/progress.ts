// One line for each long step: a spinner on a terminal, a line every ten seconds elsewhere, its seconds at the end.
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const quietMs = 10_000;

type Output = { isTTY?: boolean; columns?: number; write(text: string): unknown };
type Running = { name: string; started: number; detail: string };

/** A step shorter than this says nothing on its way, so that a second start is quiet. */
const silentMs = 700;

export class Progress {
  readonly #output: Output;
  readonly #running = new Set<Running>();
  #timer: NodeJS.Timeout | null = null;
  #tick = 0;
  #spoke = performance.now();

  constructor(output: Output = process.stdout) {
    this.#output = output;
  }

  /** Runs the step and shows that it runs. `report` says what it is doing now. */
  async step<T>(name: string, run: (report: (detail: string) => void) => Promise<T>): Promise<T> {
    const step: Running = { name, started: performance.now(), detail: "" };
    this.#running.add(step);
    this.#timer ??= setInterval(() => this.#show(), this.#output.isTTY ? 100 : 1000);
    try {
      const result = await run((detail) => {
        step.detail = detail;
      });
      this.#finish(step, "✓");
      return result;
    } catch (error) {
      this.#finish(step, "✗");
      throw error;
    }
  }

  /** Writes a line of its own above the running steps. */
  line(text: string): void {
    this.#output.write(`${this.#output.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
    this.#spoke = performance.now();
  }

  #finish(step: Running, mark: string): void {
    this.#running.delete(step);
    if (this.#running.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    const seconds = secondsSince(step.started);
    const result = step.detail && mark === "✓" ? `  ${step.detail}` : "";
    this.line(`${mark} ${step.name.padEnd(22)} ${seconds.padStart(6)}${result}`);
  }

  #show(): void {
    const visible = [...this.#running].filter((step) => performance.now() - step.started > silentMs);
    if (visible.length === 0) return;
    const texts = visible.map(
      (step) => `${step.name} ${secondsSince(step.started)}${step.detail && `: ${step.detail}`}`,
    );
    if (this.#output.isTTY) {
      this.#tick += 1;
      const text = `${frames[this.#tick % frames.length]} ${texts.join(" · ")}`;
      this.#output.write(`\r\x1b[2K${text.slice(0, (this.#output.columns ?? 80) - 1)}`);
    } else if (performance.now() - this.#spoke > quietMs) {
      for (const text of texts) this.line(`… ${text}`);
    }
  }
}

function secondsSince(start: number): string {
  const seconds = (performance.now() - start) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
