import type { Listed } from "@openclaw-launch/core/testing/procedures";
import type { Product } from "../product.ts";

export type Headers = Record<string, string>;
type Answer = { error?: { json?: { data?: { code?: string } } } };

/** Calls a procedure over HTTP. The code of the refusal; null when the call was let through. */
export async function ask(
  product: Product,
  { router, path, procedure }: Pick<Listed, "router" | "path" | "procedure">,
  headers: Headers,
  input: object,
): Promise<string | null> {
  const base = {
    app: `${product.webUrl}/api/trpc`,
    admin: `${product.adminUrl}/api/trpc`,
    internal: product.internalUrl,
  }[router];
  const isMutation = procedure._def.type === "mutation";
  const query = isMutation ? "" : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const response = await fetch(`${base}/${path}${query}`, {
    method: isMutation ? "POST" : "GET",
    headers: { "content-type": "application/json", ...headers },
    ...(isMutation && { body: JSON.stringify({ json: input }) }),
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) return firstEvent(response);
  const { error } = (await response.json()) as Answer;
  return error ? (error.json?.data?.code ?? `status ${response.status}`) : null;
}

/** A stream tells in its first events that it is refused. */
async function firstEvent(response: Response): Promise<string | null> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, code] = /event: serialized-error[\s\S]*?"code":"([a-z-]+\.[a-z-]+)"/.exec(text) ?? [];
    if (code) return code;
    if (/^data: (?!\s*$)/m.test(text) && !text.includes("event: connected")) break;
  }
  return null;
}
