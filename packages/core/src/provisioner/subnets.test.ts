import { describe, expect, test } from "vitest";
import { addressBeside, freeSubnet } from "./subnets.ts";

const pool = "10.213.0.0/28";

describe("freeSubnet", () => {
  test("gives the gateway and the container neighbouring addresses in a subnet of eight", () => {
    const { cidr, gateway, address } = freeSubnet("10.213.0.8/29", [], "a");
    expect([cidr, gateway, address]).toEqual(["10.213.0.8/29", "10.213.0.9", "10.213.0.10"]);
    expect(addressBeside(gateway)).toBe(address);
  });

  test("gives the same seed the same subnet while it is free", () => {
    expect(freeSubnet("10.213.0.0/16", [], "a")).toEqual(freeSubnet("10.213.0.0/16", [], "a"));
  });

  test("I1: two instances never share a subnet", () => {
    const first = freeSubnet(pool, [], "a");
    const second = freeSubnet(pool, [first.cidr], "a");
    expect(new Set([first.cidr, second.cidr]).size).toBe(2);
  });

  test("goes around larger networks of others, and ignores those of another family", () => {
    expect(() => freeSubnet(pool, ["10.208.0.0/12", "fd00::/8"], "a")).toThrow("No subnet is free");
    expect(freeSubnet(pool, ["fd00::/8", "172.17.0.0/16"], "a").cidr).toMatch(/^10\.213\.0\.(0|8)\/29$/);
  });

  test("says so when the pool is used up", () => {
    expect(() => freeSubnet(pool, ["10.213.0.0/29", "10.213.0.8/29"], "a")).toThrow(
      "No subnet is free in 10.213.0.0/28.",
    );
  });
});
