type Death = {
  /** The first call that is fatal, from 0 on. */
  deadline: number;
  /** Whether that call still happened; nothing follows it. */
  when: "before" | "after";
  /** Methods whose calls don't count: what gives no promise, or is asked within another call, can't be waited for. */
  spared?: readonly string[];
};

/** Ports of a process that is gone at its n-th call to anything outside. `death` resolves when that call is made. */
export function mortalPorts({ deadline, when, spared = [] }: Death): {
  mortal: <T extends object>(port: T) => T;
  death: Promise<void>;
} {
  let calls = 0;
  const { promise: death, resolve: died } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (spared.includes(String(name))) return value.bind(target);
        return (...given: unknown[]) => {
          if (calls > deadline) return never;
          const fatal = ++calls > deadline;
          if (fatal && when === "before") {
            died();
            return never;
          }
          const result: unknown = Reflect.apply(value, target, given);
          if (!fatal) return result;
          void Promise.resolve(result).finally(died);
          return never;
        };
      },
    });
  return { mortal, death };
}
