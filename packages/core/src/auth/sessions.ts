// The only file that knows Lucia.
import { createHash } from "node:crypto";
import { type Adapter, Lucia, TimeSpan } from "lucia";
import type { SessionAudience, UserRole } from "../generated/prisma/enums.ts";
import type { System, Transaction } from "../system.ts";

declare module "lucia" {
  interface Register {
    Lucia: Lucia<{ sessionId: string }, { role: UserRole }>;
    DatabaseSessionAttributes: { sessionId: string };
    DatabaseUserAttributes: { role: UserRole };
  }
}

export type FoundSession = {
  /** Name of the row: the hash of what the cookie holds. */
  sessionId: string;
  userId: string;
  role: UserRole;
};

const cookieNames = { app: "__Host-session", admin: "__Host-admin-session" } as const;
const lifetimes = { app: new TimeSpan(30, "d"), admin: new TimeSpan(12, "h") } as const;

/** Lucia compares with the machine's clock and would prolong sessions; the adapter decides by ours, once. */
const handledByAdapter = new Date(8.64e15);

/** The session of the request's `Cookie` header, if it holds and was made for this audience. */
export async function findSession(
  sys: System,
  audience: SessionAudience,
  cookies: string,
): Promise<FoundSession | null> {
  const lucia = luciaOn(sys.db, sys, audience);
  const id = lucia.readSessionCookie(cookies);
  if (!id) return null;
  const { session, user } = await lucia.validateSession(id);
  return session && { sessionId: session.sessionId, userId: user.id, role: user.role };
}

/** Starts a session and returns the value of its `Set-Cookie` header. Only the browser keeps what is in it. */
export async function openSession(
  tx: Transaction,
  sys: System,
  audience: SessionAudience,
  userId: string,
): Promise<string> {
  const lucia = luciaOn(tx, sys, audience);
  await lucia.deleteExpiredSessions();
  const sessionId = Buffer.from(sys.random.bytes(32)).toString("base64url");
  const session = await lucia.createSession(userId, { sessionId: hashOf(sessionId) }, { sessionId });
  return lucia.createSessionCookie(session.id).serialize();
}

/** Ends the session of this row. One that has ended already is fine. */
export async function endSession(tx: Transaction, sessionId: string): Promise<void> {
  await tx.session.deleteMany({ where: { idHash: sessionId } });
}

/** Value of the `Set-Cookie` header that makes the browser forget. */
export function blankCookie(sys: System, audience: SessionAudience): string {
  return luciaOn(sys.db, sys, audience).createBlankSessionCookie().serialize();
}

function luciaOn(db: Transaction, sys: System, audience: SessionAudience) {
  return new Lucia(adapterOn(db, sys, audience), {
    sessionExpiresIn: lifetimes[audience],
    sessionCookie: { name: cookieNames[audience], attributes: { secure: true, sameSite: "lax", path: "/" } },
    getSessionAttributes: ({ sessionId }) => ({ sessionId }),
    getUserAttributes: ({ role }) => ({ role }),
  });
}

/** Rows hold the hash of the id, so reading the table signs nobody in. */
function adapterOn(db: Transaction, sys: System, audience: SessionAudience): Adapter {
  const unused = () => Promise.reject(new Error("sessions are listed and revoked by row"));
  return {
    getSessionAndUser: async (id) => {
      const idHash = hashOf(id);
      const row = await db.session.findFirst({
        where: { idHash, audience, expiresAt: { gt: sys.clock.now() } },
        include: { user: { select: { role: true } } },
      });
      if (!row) return [null, null];
      return [
        { id, userId: row.userId, expiresAt: handledByAdapter, attributes: { sessionId: idHash } },
        { id: row.userId, attributes: { role: row.user.role } },
      ];
    },
    setSession: async ({ id, userId }) => {
      const createdAt = sys.clock.now();
      const expiresAt = new Date(createdAt.getTime() + lifetimes[audience].milliseconds());
      await db.session.create({ data: { idHash: hashOf(id), userId, audience, createdAt, expiresAt } });
    },
    deleteExpiredSessions: async () => {
      await db.session.deleteMany({ where: { expiresAt: { lte: sys.clock.now() } } });
    },
    deleteSession: (id) => endSession(db, hashOf(id)),
    updateSessionExpiration: unused,
    getUserSessions: unused,
    deleteUserSessions: unused,
  };
}

const hashOf = (id: string) => createHash("sha256").update(id).digest("hex");
