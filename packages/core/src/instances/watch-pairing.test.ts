import { expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeGateway } from "../testing/fake-gateway.ts";
import { watchPairing } from "./watch-pairing.ts";

const askedAt = new Date("2026-03-01T12:00:00Z");
const request = {
  kind: "device",
  requestId: "r1",
  name: "Browser",
  address: null,
  askedAt,
  expiresAt: askedAt,
} as const;

/** Somebody who watches, and an instance whose gateway can be away. */
function watching() {
  const clock = new FakeClock(askedAt);
  const gateway = new FakeGateway(clock);
  gateway.paired.add(gateway.deviceId("key"));
  let refusal: DomainError | null = null;
  let tries = 0;
  const open = async () => {
    tries += 1;
    if (refusal) throw refusal;
    return gateway.connect({ url: "ws://instance", origin: "", token: "", deviceKey: "key" });
  };
  const seen = watchPairing({ clock }, open, new AbortController().signal);
  const refuse = (code: "chat.unavailable" | "instance.not-running" | null) => {
    refusal = code && new DomainError(code);
    gateway.tellOfPairing();
  };
  const triesASecondLater = () => {
    clock.advance(1_000);
    return tries;
  };
  return { gateway, seen, refuse, tries: () => tries, triesASecondLater };
}

test("A5: a gateway that takes another token loses nobody who watches", async () => {
  const { gateway, seen, refuse, tries, triesASecondLater } = watching();
  expect((await seen.next()).value).toEqual({ requests: [], devices: [] });
  const next = seen.next();
  refuse("chat.unavailable");
  await expect.poll(tries).toBe(2);
  gateway.requests.push(request);
  refuse(null);
  await expect.poll(triesASecondLater).toBe(3);
  expect((await next).value).toEqual({ requests: [request], devices: [] });
});

test("A5: who watches is told when the gateway stays away, and at once when the instance doesn't run", async () => {
  const away = watching();
  await away.seen.next();
  const end = expect(away.seen.next()).rejects.toMatchObject({ code: "chat.unavailable" });
  away.refuse("chat.unavailable");
  await expect.poll(away.triesASecondLater).toBe(7);
  await end;

  const stopped = watching();
  stopped.refuse("instance.not-running");
  await expect(stopped.seen.next()).rejects.toMatchObject({ code: "instance.not-running" });
  expect(stopped.tries()).toBe(1);
});

test("A5: requests of persons are found without an event", async () => {
  const { gateway, seen, triesASecondLater } = watching();
  await seen.next();
  const next = seen.next();
  gateway.requests.push(request);
  await expect.poll(triesASecondLater).toBe(2);
  expect((await next).value).toMatchObject({ requests: [request] });
});
