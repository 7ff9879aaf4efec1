import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable } from "@remix-run/node";
import { isbot } from "isbot";
import type { ReactNode } from "react";
import { renderToPipeableStream } from "react-dom/server";

/** The framework gives up on data that is later than this; a second more is left to send what there is. */
export const streamTimeout = 9000;
const limitMs = streamTimeout + 1000;

type Answer = {
  request: Request;
  status: number;
  headers: Headers;
  nonce: string;
  /** Told of what fails once the answer is on its way. */
  onLateError: (error: unknown) => void;
};

/** Robots get the whole page at once, people its frame first. */
export function renderPage(
  page: ReactNode,
  { request, status, headers, nonce, onLateError }: Answer,
): Promise<Response> {
  const ready = isbot(request.headers.get("user-agent") ?? "") ? "onAllReady" : "onShellReady";
  return new Promise((resolve, reject) => {
    let answered = false;
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      [ready]: () => {
        answered = true;
        const body = new PassThrough();
        headers.set("content-type", "text/html; charset=utf-8");
        // Whoever signs in goes on in the page that they signed in on: after signing out, Back must bring none of it.
        if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status }));
        pipe(body);
      },
      onShellError: reject,
      onError: (error) => {
        if (answered) onLateError(error);
      },
    });
    setTimeout(abort, limitMs).unref();
  });
}
