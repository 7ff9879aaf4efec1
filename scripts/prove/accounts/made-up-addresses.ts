import { limitCatalogue } from "@openclaw-launch/core/limits/rules";
import { Visitor } from "../visitor.ts";
import { expectThat, type Stage } from "./stage.ts";

const calls = 100;

/** The limits of a network, from forwarded addresses that were made up, and from many addresses of one IPv6 network. */
export async function madeUpAddresses(stage: Stage): Promise<void> {
  const through = async (address: (n: number) => string) => {
    let passed = 0;
    for (let n = 0; n < calls; n++) {
      const visitor = new Visitor(stage.product.webUrl, address(n));
      const { status } = await visitor.query("auth.prelogin", { email: "ada@example.org" });
      passed += status === 200 ? 1 : 0;
    }
    return passed;
  };
  const found = {
    throughMadeUpForwarded: await through((n) => `198.51.100.${n}, 203.0.113.9`),
    throughOneIpv6Network: await through((n) => `2001:db8:77:1::${n + 1}`),
    separate: await through((n) => `2001:db8:78:${n + 1}::1`),
  };
  const allowed = limitCatalogue.prelogin.points;
  stage.figures["limiter"] = { calls, allowed, ...found };
  expectThat(
    stage,
    found.throughMadeUpForwarded === allowed,
    `${found.throughMadeUpForwarded} calls with made-up addresses passed instead of ${allowed}`,
  );
  expectThat(
    stage,
    found.throughOneIpv6Network === allowed,
    `${found.throughOneIpv6Network} calls of one IPv6 network passed instead of ${allowed}`,
  );
  expectThat(
    stage,
    found.separate === calls,
    `${found.separate} calls of separate networks passed instead of ${calls}`,
  );
}
