import type { Actor, AdminActor, System, UserActor } from "../system.ts";

/** A user without a password, and the actor of a session of theirs. */
export async function createUser(
  sys: System,
  email = `${sys.random.uuid()}@example.org`,
): Promise<UserActor> {
  const userId = sys.random.uuid();
  await sys.db.user.create({ data: { id: userId, email, createdAt: sys.clock.now() } });
  return { kind: "user", userId, sessionId: sys.random.uuid(), ip: "192.0.2.1" };
}

export async function createAdmin(sys: System): Promise<AdminActor> {
  const userId = sys.random.uuid();
  await sys.db.user.create({
    data: { id: userId, email: `${userId}@example.org`, role: "admin", createdAt: sys.clock.now() },
  });
  return { kind: "admin", userId, sessionId: sys.random.uuid(), ip: "192.0.2.1" };
}

export const anonymous: Extract<Actor, { kind: "anonymous" }> = { kind: "anonymous", ip: "192.0.2.2" };
