import pg from "pg";
import type { Logger } from "pino";
import type { Changes, Clock } from "../ports.ts";

const retryMs = 1000;
const connectMs = 10_000;

/** One connection that listens for all readers of this process, and is renewed when it breaks. */
export async function listenForChanges(
  databaseUrl: string,
  log: Logger,
  clock: Clock,
): Promise<Changes & { close(): Promise<void> }> {
  const readers = new Set<Reader>();
  const closing = new AbortController();

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: connectMs,
      application_name: "changes",
    });
    client.on("notification", ({ payload }) => {
      if (payload) for (const reader of readers) reader.push(payload);
    });
    // Without a listener, a broken connection would end the process. What to do about it follows from "end".
    client.on("error", (error) => log.warn({ err: error }, "listening for changes broke off"));
    try {
      await client.connect();
      await client.query("LISTEN instance_changed");
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    client.on("end", () => void reconnect());
    return client;
  };
  const reconnect = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        client = await connect();
        if (closing.signal.aborted) await client.end();
        return;
      } catch (error) {
        log.warn({ err: error }, "listening for changes failed");
        await clock.sleep(retryMs, closing.signal).catch(() => {});
      }
    }
  };
  let client = await connect();

  return {
    instances: (signal) => {
      const reader = new Reader();
      readers.add(reader);
      const stop = () => {
        readers.delete(reader);
        reader.end();
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      return reader;
    },
    close: async () => {
      closing.abort();
      for (const reader of readers) reader.end();
      await client.end();
    },
  };
}

/** Collects ids until somebody reads them; an id that comes twice meanwhile is one. */
class Reader implements AsyncIterable<string> {
  readonly #pending = new Set<string>();
  #ended = false;
  #wake = () => {};

  push(id: string): void {
    this.#pending.add(id);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    while (!this.#ended) {
      for (const id of this.#pending) {
        this.#pending.delete(id);
        yield id;
        if (this.#ended) return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#ended || this.#pending.size > 0) resolve();
      });
    }
  }
}
