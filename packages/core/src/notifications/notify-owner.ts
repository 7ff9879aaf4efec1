import { deviceName } from "../auth/device-name.ts";
import type { Actor, System, Transaction } from "../system.ts";
import type { SecurityChange } from "./schema.ts";
import { sendMail } from "./send-mail.ts";

type Notice = {
  actor: Actor;
  change: SecurityChange;
  /** Of the provider, token, passkey or assistant, or the new address. */
  name?: string;
};

/** Tells an owner by mail, at their present address, what was changed about the security of their account, when, and from where. */
export async function notifyOwner(
  tx: Transaction,
  sys: System,
  userId: string,
  { actor, change, name }: Notice,
): Promise<void> {
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  const client =
    "ip" in actor ? { ip: actor.ip, device: deviceName(actor.userAgent) } : { ip: null, device: null };
  await sendMail(tx, sys, {
    to: email,
    template: {
      kind: "security-notice",
      change,
      name: name ?? null,
      at: sys.clock.now().toISOString(),
      ...client,
    },
  });
}
