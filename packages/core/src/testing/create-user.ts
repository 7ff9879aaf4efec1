import type { AdminActor, AnonymousActor, Client, System, UserActor } from "../system.ts";

export const clientOf = (ip: string): Client => ({
  ip,
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Test/1",
  deviceHash: null,
});

/** A user without a password, and the actor of a session of theirs. */
export async function createUser(
  sys: System,
  email = `${sys.random.uuid()}@example.org`,
): Promise<UserActor> {
  const userId = sys.random.uuid();
  await sys.db.user.create({ data: { id: userId, email, createdAt: sys.clock.now() } });
  const sessionId = sys.random.uuid();
  return { kind: "user", userId, sessionId, provenAt: sys.clock.now(), ...clientOf("192.0.2.1") };
}

export async function createAdmin(sys: System): Promise<AdminActor> {
  const userId = sys.random.uuid();
  await sys.db.user.create({
    data: { id: userId, email: `${userId}@example.org`, role: "admin", createdAt: sys.clock.now() },
  });
  const sessionId = sys.random.uuid();
  return { kind: "admin", userId, sessionId, provenAt: sys.clock.now(), ...clientOf("192.0.2.1") };
}

export const anonymous: AnonymousActor = { kind: "anonymous", ...clientOf("192.0.2.2") };
