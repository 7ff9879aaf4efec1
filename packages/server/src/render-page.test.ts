import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "./render-page.ts";

test("A3: no browser keeps a page, which after signing out could be gone back to", async () => {
  const page = await renderPage(createElement("p"), {
    request: new Request("http://127.0.0.1/sign-in"),
    status: 200,
    headers: new Headers(),
    nonce: "",
    onLateError: (error) => expect.unreachable(String(error)),
  });
  expect(page.headers.get("cache-control")).toBe("no-store");
  await page.text();
});
