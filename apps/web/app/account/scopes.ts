import type { tokenScope } from "@openclaw-launch/core/tokens/schema";

export type Scope = (typeof tokenScope)["_output"];

/** What a token may do, in people's words; each includes those before it. */
export const scopes: { value: Scope; title: string; hint: string }[] = [
  { value: "read", title: "Look", hint: "See assistants, their conversations and logs. Changes nothing." },
  { value: "operate", title: "Operate", hint: "Also start and stop assistants, and talk to them." },
  {
    value: "manage",
    title: "Manage",
    hint: "Also make, launch and delete assistants, and fetch what your vault holds, encrypted.",
  },
];

export const scopeOf = (value: string): Scope => scopes.find((one) => one.value === value)?.value ?? "read";

export const titleOfScope = (scope: string): string =>
  scopes.find(({ value }) => value === scope)?.title ?? scope;
