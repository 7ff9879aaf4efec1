import { expect, test } from "vitest";
import { clientAddress } from "./context.ts";

const request = (forwarded: string | null) => ({
  method: "GET",
  headers: { get: (name: string) => (name === "x-forwarded-for" ? forwarded : null) },
  remoteAddress: "::ffff:10.0.0.1",
});

test.each([
  ["nobody is believed by default", "203.0.113.9", 0, "10.0.0.1"],
  ["one proxy tells whom it saw", "203.0.113.9", 1, "203.0.113.9"],
  ["what a client made up stands before that", "198.51.100.1, 203.0.113.9", 1, "203.0.113.9"],
  ["two proxies", "198.51.100.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"],
  ["a port behind the address is none of it", "203.0.113.9:5678", 1, "203.0.113.9"],
  ["nor is one behind an IPv6 address", "[2001:db8::9]:5678", 1, "2001:db8::9"],
  ["an IPv6 address has no port", "2001:db8::9:5678", 1, "2001:db8::9:5678"],
  ["a missing header", null, 1, "10.0.0.1"],
])("client address: %s", (_, forwarded, proxies, address) => {
  expect(clientAddress(request(forwarded), proxies)).toBe(address);
});
