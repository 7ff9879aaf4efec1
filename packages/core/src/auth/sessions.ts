// The only file that knows Lucia.
import { type Adapter, Lucia, TimeSpan } from "lucia";
import type { ProviderName, SessionAudience, SessionStage, UserRole } from "../generated/prisma/enums.ts";
import { hashOf, newSecret } from "../secrets.ts";
import type { Client, System, Transaction } from "../system.ts";

type Attributes = {
  sessionId: string;
  stage: SessionStage;
  provenAt: Date | null;
};
type NewSession = Attributes & { begunBy: ProviderName | null } & Pick<Client, "ip" | "userAgent">;

declare module "lucia" {
  interface Register {
    Lucia: Lucia<Attributes, { role: UserRole }>;
    DatabaseSessionAttributes: NewSession;
    DatabaseUserAttributes: { role: UserRole };
  }
}

export type FoundSession = Attributes & { userId: string; role: UserRole };

const cookieNames = { app: "__Host-session", admin: "__Host-admin-session" } as const;
/** From the sign-in on, and without a request. */
const lifetimes = {
  app: { absolute: new TimeSpan(30, "d"), idle: new TimeSpan(24, "h") },
  admin: { absolute: new TimeSpan(12, "h"), idle: new TimeSpan(12, "h") },
} as const;
/** For typing a code. */
const halfLifetime = new TimeSpan(10, "m");
/** The time of the last use is kept to about this. */
const useIntervalMs = 60_000;

/** Lucia compares with the machine's clock and would prolong sessions; the adapter decides by ours, once. */
const handledByAdapter = new Date(8.64e15);

/** The session of the request's `Cookie` header, if it holds and was made for this audience; notes the use. */
export async function findSession(
  sys: System,
  audience: SessionAudience,
  cookies: string,
  client: Client,
): Promise<FoundSession | null> {
  const lucia = luciaOn(sys.db, sys, audience);
  const secret = lucia.readSessionCookie(cookies);
  if (!secret) return null;
  const { session, user } = await lucia.validateSession(secret);
  if (!session) return null;
  await noteUse(sys, session.sessionId, client);
  const { sessionId, stage, provenAt } = session;
  return { sessionId, stage, provenAt, userId: user.id, role: user.role };
}

type Opening = {
  stage?: SessionStage;
  /** Whether the sign-in shows that it is the owner. */
  isProof?: boolean;
  begunBy?: ProviderName | null;
};

/** Starts a session and returns the value of its `Set-Cookie` header. Only the browser keeps what is in it. */
export async function openSession(
  tx: Transaction,
  sys: System,
  audience: SessionAudience,
  userId: string,
  { ip, userAgent }: Pick<Client, "ip" | "userAgent">,
  { stage = "full", isProof = stage === "full", begunBy = null }: Opening = {},
): Promise<string> {
  const lucia = luciaOn(tx, sys, audience);
  await lucia.deleteExpiredSessions();
  const provenAt = isProof ? sys.clock.now() : null;
  const sessionId = sys.random.uuid();
  const secret = newSecret(sys);
  const attributes = { sessionId, stage, provenAt, begunBy, ip, userAgent };
  await lucia.createSession(userId, attributes, { sessionId: secret });
  return lucia.createSessionCookie(secret).serialize();
}

/** The person proved again who they are: the session lives on under a new cookie, whose `Set-Cookie` value is returned. */
export async function proveSession(
  tx: Transaction,
  sys: System,
  audience: SessionAudience,
  sessionId: string,
): Promise<string> {
  const secret = newSecret(sys);
  await tx.session.update({
    where: { id: sessionId },
    data: { secretHash: hashOf(secret), provenAt: sys.clock.now() },
  });
  return luciaOn(tx, sys, audience).createSessionCookie(secret).serialize();
}

/** Ends the session of this row. One that has ended already is fine. */
export async function endSession(tx: Transaction, sessionId: string): Promise<void> {
  await tx.session.deleteMany({ where: { id: sessionId } });
}

/** Ends every session of the account, in both apps, but the one named. */
export async function endSessions(tx: Transaction, userId: string, except: string | null): Promise<number> {
  const { count } = await tx.session.deleteMany({
    where: { userId, ...(except !== null && { id: { not: except } }) },
  });
  return count;
}

/** Those of the given sessions that hold at this moment. */
export async function livingSessions(sys: System, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sys.db.session.findMany({
    where: { id: { in: [...ids] }, ...living(sys) },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** Condition for sessions that hold; an open stream counts as use only while its page asks for other things too. */
export function living(sys: Pick<System, "clock">) {
  const now = sys.clock.now().getTime();
  const idleSince = (audience: SessionAudience) => new Date(now - lifetimes[audience].idle.milliseconds());
  return {
    expiresAt: { gt: new Date(now) },
    OR: (["app", "admin"] as const).map((audience) => ({ audience, usedAt: { gt: idleSince(audience) } })),
  };
}

/** Value of the `Set-Cookie` header that makes the browser forget. */
export function blankCookie(sys: System, audience: SessionAudience): string {
  return luciaOn(sys.db, sys, audience).createBlankSessionCookie().serialize();
}

async function noteUse(sys: System, id: string, { ip, userAgent }: Client): Promise<void> {
  const now = sys.clock.now();
  await sys.db.session.updateMany({
    where: { id, usedAt: { lt: new Date(now.getTime() - useIntervalMs) } },
    data: { usedAt: now, ip, userAgent },
  });
}

function luciaOn(db: Transaction, sys: System, audience: SessionAudience) {
  return new Lucia(adapterOn(db, sys, audience), {
    sessionExpiresIn: lifetimes[audience].absolute,
    sessionCookie: { name: cookieNames[audience], attributes: { secure: true, sameSite: "lax", path: "/" } },
    getSessionAttributes: ({ sessionId, stage, provenAt }) => ({ sessionId, stage, provenAt }),
    getUserAttributes: ({ role }) => ({ role }),
  });
}

/** Rows hold the hash of what Lucia calls the id, so reading the table signs nobody in. */
function adapterOn(db: Transaction, sys: System, audience: SessionAudience): Adapter {
  const unused = () => Promise.reject(new Error("sessions are listed and revoked by row"));
  return {
    getSessionAndUser: async (secret) => {
      const row = await db.session.findFirst({
        where: { secretHash: hashOf(secret), audience, ...living(sys) },
        include: { user: { select: { role: true } } },
      });
      if (!row) return [null, null];
      const { id: sessionId, userId, stage, provenAt, begunBy, ip, userAgent } = row;
      return [
        {
          id: secret,
          userId,
          expiresAt: handledByAdapter,
          attributes: { sessionId, stage, provenAt, begunBy, ip, userAgent },
        },
        { id: userId, attributes: { role: row.user.role } },
      ];
    },
    setSession: async ({ id: secret, userId, attributes: { sessionId, ...attributes } }) => {
      const now = sys.clock.now();
      const lifetime = attributes.stage === "half" ? halfLifetime : lifetimes[audience].absolute;
      await db.session.create({
        data: {
          id: sessionId,
          secretHash: hashOf(secret),
          userId,
          audience,
          ...attributes,
          createdAt: now,
          usedAt: now,
          expiresAt: new Date(now.getTime() + lifetime.milliseconds()),
        },
      });
    },
    deleteExpiredSessions: async () => {
      await db.session.deleteMany({ where: { expiresAt: { lte: sys.clock.now() } } });
    },
    deleteSession: async (secret) => {
      await db.session.deleteMany({ where: { secretHash: hashOf(secret) } });
    },
    updateSessionExpiration: unused,
    getUserSessions: unused,
    deleteUserSessions: unused,
  };
}
