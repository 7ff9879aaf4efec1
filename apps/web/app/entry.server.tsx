import { createReadableStreamFromReadable, type AppLoadContext, type EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { PassThrough } from "node:stream";
import { renderToPipeableStream } from "react-dom/server";
import { NonceContext } from "@openclaw-launch/ui/nonce";

const limitMs = 10_000;
export const streamTimeout = limitMs - 1000;

export default function handleRequest(request: Request, status: number, headers: Headers, remix: EntryContext, { nonce, sys }: AppLoadContext): Promise<Response> {
  // Robots get the whole page at once, people its frame first.
  const ready = isbot(request.headers.get("user-agent") ?? "") ? "onAllReady" : "onShellReady";
  return new Promise((resolve, reject) => {
    let answered = false;
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext.Provider value={nonce}>
        <RemixServer context={remix} url={request.url} nonce={nonce} />
      </NonceContext.Provider>,
      {
        nonce,
        [ready]: () => {
          answered = true;
          const body = new PassThrough();
          headers.set("content-type", "text/html; charset=utf-8");
          if (!headers.has("cache-control")) headers.set("cache-control", "private, no-cache");
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status }));
          pipe(body);
        },
        onShellError: reject,
        onError: (error) => {
          if (answered) sys.log.error({ err: error, path: new URL(request.url).pathname }, "a page broke while it was sent");
        },
      },
    );
    setTimeout(abort, limitMs);
  });
}

export function handleError(error: unknown, { request, context }: { request: Request; context: AppLoadContext }): void {
  if (request.signal.aborted) return;
  context.sys.log.error({ err: error, path: new URL(request.url).pathname }, "a page failed");
}
