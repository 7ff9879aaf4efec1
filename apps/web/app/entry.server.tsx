import { renderPage, streamTimeout } from "@openclaw-launch/server/render-page";
import { NonceContext } from "@openclaw-launch/ui/nonce";
import type { AppLoadContext, EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";

export { streamTimeout };

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  { nonce, sys }: AppLoadContext,
): Promise<Response> {
  const page = (
    <NonceContext.Provider value={nonce}>
      <RemixServer context={remix} url={request.url} nonce={nonce} />
    </NonceContext.Provider>
  );
  const path = new URL(request.url).pathname;
  return renderPage(page, {
    request,
    status,
    headers,
    nonce,
    onLateError: (error) => sys.log.error({ err: error, path }, "a page broke while it was sent"),
  });
}

export function handleError(
  error: unknown,
  { request, context }: { request: Request; context: AppLoadContext },
): void {
  if (request.signal.aborted) return;
  context.sys.log.error({ err: error, path: new URL(request.url).pathname }, "a page failed");
}
