import { describe, expect, test } from "vitest";
import { cookieOf, headersInside, isForeign, pathInside, slugOfHost } from "./edge-rules.ts";

describe("whose pages", () => {
  test.each([
    ["ada-abcdef.bots.example", "ada-abcdef"],
    ["ADA-abcdef.bots.example:443", "ada-abcdef"],
    ["bots.example", null],
    [".bots.example", null],
    ["a.b.bots.example", null],
    ["ada-abcdef.bots.example.evil.example", null],
    ["ada_abcdef.bots.example", null],
    [undefined, null],
  ])("I1: %s is the host of %s", (host, slug) => {
    expect(slugOfHost(host, "bots.example")).toBe(slug);
  });

  test("a cookie is found among others, and none of a similar name", () => {
    expect(cookieOf({ cookie: "a=1; __Host-gateway=xyz; b=2" })).toBe("xyz");
    expect(cookieOf({ cookie: "not__Host-gateway=xyz" })).toBeNull();
    expect(cookieOf({})).toBeNull();
  });
});

describe("A5: what gets through to an instance", () => {
  test.each(["/", "/assets/index-abc.js", "/themes/knot.css?v=1", "/control-ui-config.json"])(
    "%s is a file of the Control UI",
    (path) => {
      expect(pathInside(path, false)).toBe(path);
    },
  );

  test.each(["/chat?session=main", "/v1/models", "/tools/invoke", "/api/users/1/avatar"])(
    "going to %s shows the one page, and asking for it nothing",
    (path) => {
      expect(pathInside(path, true)).toBe("/");
      expect(pathInside(path, false)).toBeNull();
    },
  );

  test.each([
    "/assets/../v1/models",
    "//v1/models",
    "/assets//x",
    "/assets/%2e%2e/v1/models",
    "/healthz",
    "/sw.js",
  ])("%s is not", (path) => {
    expect(pathInside(path, false)).toBeNull();
  });

  test("nothing of a cookie, of another hop, or of what a client says of itself", () => {
    const headers = headersInside(
      {
        host: "ada.bots.example",
        cookie: "__Host-gateway=secret",
        authorization: "Bearer token",
        connection: "keep-alive, x-evil",
        forwarded: "for=127.0.0.1",
        "x-forwarded-for": "10.0.0.1, 203.0.113.9",
        "x-forwarded-user": "root",
        "x-real-ip": "127.0.0.1",
        "x-openclaw-scopes": "operator.admin",
        "tailscale-user-login": "root",
      },
      { remoteAddress: "127.0.0.1", proxies: 1, proto: "https" },
    );
    expect(headers).toEqual({
      host: "ada.bots.example",
      authorization: "Bearer token",
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-host": "ada.bots.example",
      "x-forwarded-proto": "https",
    });
  });

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])(
    "nobody is told to be on the instance's own machine: %s",
    (remoteAddress) => {
      const { "x-forwarded-for": told } = headersInside({}, { remoteAddress, proxies: 0, proto: "http" });
      expect(told).toBe("192.0.2.1");
    },
  );
});

describe("A5: other sites", () => {
  const own = "https://ada.bots.example";
  const follows = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  test.each([
    [{ origin: own, "sec-fetch-site": "same-origin" }, false],
    [{ "sec-fetch-site": "same-origin" }, false],
    [{ "sec-fetch-site": "none", ...follows }, false],
    [{ "sec-fetch-site": "cross-site", ...follows }, false],
    [{ origin: "https://bob.bots.example", "sec-fetch-site": "same-site" }, true],
    [{ origin: "null" }, true],
    [{ "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, true],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, true],
  ])("%j is foreign: %s", (headers, foreign) => {
    expect(isForeign(headers, own)).toBe(foreign);
  });
});
