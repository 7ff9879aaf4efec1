import { comeBack, isOwn, leave } from "./provider-visits.ts";
import { expectThat, registered, type Stage, visitorOf } from "./stage.ts";

const elsewhere = [
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/%09/evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/%2e%2e//evil.example",
  "/x/..//evil.example",
  "/\r\nLocation: https://evil.example",
  "javascript:alert(1)",
  "data:text/html,evil",
  "evil.example",
  "@evil.example",
  " //evil.example",
  "/@evil.example",
  "",
];

/** No target may lead to another site: not after signing in, not after a refusal, not from the sign-in page. */
export async function openRedirects(stage: Stage): Promise<void> {
  const { visitor: someone } = await registered(stage);
  let followed = 0;
  let refused = 0;
  for (const to of elsewhere) {
    const visitor = visitorOf(stage);
    const { status, url } = await leave(visitor, "google", { to });
    refused += status === 400 ? 1 : 0;
    if (status === 200) {
      const { location } = await comeBack(visitor, stage.providers.google.agree(url));
      followed++;
      expectThat(stage, isOwn(stage, location), `the target ${JSON.stringify(to)} led to ${location}`);
    }
    const { headers } = await someone.request(`/sign-in?to=${encodeURIComponent(to)}`);
    const location = headers.get("location") ?? "";
    expectThat(stage, isOwn(stage, location), `/sign-in with ${JSON.stringify(to)} led to ${location}`);
  }
  stage.figures["openRedirects"] = { targets: elsewhere.length, refused, followedWithinTheSite: followed };
  expectThat(stage, refused + followed === elsewhere.length, "a target was answered with something else");
}
