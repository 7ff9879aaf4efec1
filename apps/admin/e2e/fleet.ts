// A fleet to look at, beside whatever the product holds already.
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import type { InstanceStatus } from "@openclaw-launch/core/instances/schema";
import { databaseUrl } from "./stack.ts";

/** More than one page of a list. */
const people = 55;
const states = ["running", "failed", "starting", "stopped", "draft"] as const satisfies InstanceStatus[];
const day = 86_400_000;

export type Fleet = {
  silentHost: string;
  ownerEmail: string;
  /** Somebody who has no instance. */
  idleEmail: string;
  failed: string;
  /** As if the operator had signed in long ago. */
  forgetProof(email: string): Promise<void>;
  remove(): Promise<void>;
};

/** Rows only: no worker looks after this host, so nobody acts on them. */
export async function createFleet(): Promise<Fleet> {
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: 2 });
  const past = (days: number) => new Date(Date.now() - days * day);
  const tag = crypto.randomUUID().slice(0, 8);
  const users = Array.from({ length: people }, (_, index) => ({
    id: crypto.randomUUID(),
    email: `person-${index}-${tag}@example.org`,
    createdAt: past(index + 1),
  }));
  const [owner, idle] = users;
  if (!owner || !idle) throw new Error("nobody owns the fleet");
  const host = {
    id: crypto.randomUUID(),
    name: `silent-${tag}`,
    identityKey: tag,
    internalUrl: "http://127.0.0.1:1",
    seenAt: past(1),
    createdAt: past(9),
  };
  const instances = states.map((status) => ({
    id: crypto.randomUUID(),
    ownerId: owner.id,
    hostId: status === "draft" ? null : host.id,
    name: status,
    slug: `${status}-${tag}`,
    model: "openai/gpt-5-mini",
    desired: status === "draft" ? ("draft" as const) : ("running" as const),
    status,
    reason: status === "failed" ? "deploy.no-answer" : null,
    createdAt: past(1),
    updatedAt: past(0.5),
  }));
  await db.user.createMany({ data: users });
  await db.host.create({ data: host });
  await db.instance.createMany({ data: instances });
  return {
    silentHost: host.name,
    ownerEmail: owner.email,
    idleEmail: idle.email,
    failed: `failed-${tag}`,
    forgetProof: async (email) => {
      await db.session.updateMany({ where: { user: { email } }, data: { provenAt: null } });
    },
    remove: async () => {
      await db.user.deleteMany({ where: { id: { in: users.map(({ id }) => id) } } });
      await db.host.delete({ where: { id: host.id } });
      await db.$disconnect();
    },
  };
}
