import { DomainError, type ErrorCode } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { networkOf } from "../limits/rules.ts";
import type { Actor, System } from "../system.ts";
import { recordEvent } from "./record-event.ts";

/** Denials that no operation writes down itself. */
const recorded: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "request.too-many",
  "auth.second-factor-required",
  "auth.step-up-required",
  "auth.token-scope",
  "auth.link-expired",
  "auth.link-foreign",
  "auth.method-missing",
  "admin.required",
  "admin.invitation-missing",
  "session.missing",
  "token.missing",
  "vault.config-missing",
  "instance.missing",
]);

type Refusal = {
  code: ErrorCode;
  /** Of the procedure. */
  path: string;
};

/** Of what the caller may not do, or what isn't theirs. Whatever happens here, the answer stays the refusal. */
export async function recordRefusal(sys: System, actor: Actor, { code, path }: Refusal): Promise<void> {
  if (recorded.has(code)) await record(sys, actor, { code, path });
}

/** Of a token that is none, before any procedure was looked at. */
export async function recordWrongToken(sys: System, actor: Actor): Promise<void> {
  await record(sys, actor, { code: "auth.required" });
}

/** One event an hour for each caller and kind of refusal: nobody buries the log under refusals. */
async function record(sys: System, actor: Actor, details: { code: ErrorCode; path?: string }): Promise<void> {
  try {
    await consumeLimit(sys, actor, "refusal-event", `${whoIs(actor)}|${details.code}`);
    await recordEvent(sys.db, sys, actor, { action: "request.refused", outcome: "refused", details });
  } catch (error) {
    if (!(error instanceof DomainError)) sys.log.error({ err: error }, "a refusal was not recorded");
  }
}

const whoIs = (actor: Actor): string =>
  "userId" in actor ? actor.userId : "ip" in actor ? networkOf(actor.ip) : actor.kind;
