import { type ModelProvider, type ProviderKey, ProviderRefused } from "../ports.ts";

/** OpenRouter's keys in memory. */
export class FakeModelProvider implements ModelProvider {
  readonly keys = new Map<string, ProviderKey>();
  #made = 0;

  async createKey({
    name,
    limit,
  }: {
    name: string;
    limit: number;
  }): Promise<ProviderKey & { secret: string }> {
    const hash = `hash-${++this.#made}`;
    const key = { hash, name, disabled: false, limit, usage: 0, createdAt: new Date(this.#made) };
    this.keys.set(hash, key);
    return { ...key, secret: `sk-or-v1-${hash}` };
  }

  async findKeys(name: string): Promise<ProviderKey[]> {
    return [...this.keys.values()].filter((key) => key.name === name).map((key) => ({ ...key }));
  }

  async updateKey(hash: string, change: { limit?: number; disabled?: boolean }): Promise<ProviderKey> {
    const key = this.keys.get(hash);
    if (!key) throw new ProviderRefused("missing", `no key ${hash}`);
    return { ...Object.assign(key, change) };
  }

  async deleteKey(hash: string): Promise<void> {
    this.keys.delete(hash);
  }
}
