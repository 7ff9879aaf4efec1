import { living } from "../auth/sessions.ts";
import { DomainError } from "../errors.ts";
import { instanceOrigin } from "../provisioner/instance-files.ts";
import { gatewayAt } from "../provisioner/openclaw-config.ts";
import { readSealedInstance } from "../provisioner/sealed-instance.ts";
import { hashOf, newSecret } from "../secrets.ts";
import type { WorkerSystem } from "../worker.ts";

/** For following a link. */
const ticketMs = 60_000;
/** From following it; access ends earlier with the session that asked, with the token, and when the instance stops. */
const accessMs = 12 * 3_600_000;

/** Whose session may see which instance, while it has the token that it had then. */
type Grant = { instanceId: string; sessionId: string; rotationId: string | null; until: number };

/**
 * Who may see the pages that instances of this host serve. Tickets and cookies are random, known here alone by their hashes and kept
 * in memory: there is nothing to forge, and all of them end with this process.
 */
export type GatewayAccess = {
  /** A link that opens the instance's own page once, for the owner's session. What makes it work stands behind the `#`. */
  issueLink(instanceId: string, sessionId: string): Promise<string>;
  /** The ticket of a link for a cookie and the instance's gateway token; null: not for this host name, used, too old. */
  redeem(slug: string, ticket: string): Promise<{ cookie: string; token: string } | null>;
  /** Where the pages of this host name are, for who may see them now. */
  find(slug: string, cookie: string): Promise<{ target: string } | null>;
};

type Needs = Pick<WorkerSystem, "db" | "clock" | "random" | "engine" | "secrets" | "config">;

/** The page that exchanges the ticket. */
export const entryPath = "/__launch__";

export function createGatewayAccess(worker: Needs): GatewayAccess {
  const tickets = new Map<string, Grant>();
  const cookies = new Map<string, Grant & { target: string }>();
  const now = () => worker.clock.now().getTime();

  async function issueLink(instanceId: string, sessionId: string): Promise<string> {
    forgetOld(tickets, now());
    forgetOld(cookies, now());
    const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
    if (instance?.status !== "running") throw new DomainError("instance.not-running");
    const ticket = newSecret(worker);
    const { slug, rotationId } = instance;
    tickets.set(hashOf(ticket), { instanceId, sessionId, rotationId, until: now() + ticketMs });
    return `${instanceOrigin(slug, worker.config)}${entryPath}#${ticket}`;
  }

  async function redeem(slug: string, ticket: string) {
    const grant = tickets.get(hashOf(ticket));
    if (!grant || !(await holds(grant, slug))) return null;
    // Whoever shows it a second time, or a moment later on another connection, is late.
    if (!tickets.delete(hashOf(ticket))) return null;
    const sealed = await readSealedInstance(worker.secrets, grant.instanceId);
    const { network } = await worker.engine.inspect(grant.instanceId);
    if (!network || sealed?.rotationId !== grant.rotationId) return null;
    const cookie = newSecret(worker);
    const target = `http://${gatewayAt(network.address)}`;
    cookies.set(hashOf(cookie), { ...grant, target, until: now() + accessMs });
    return { cookie, token: sealed.gatewayToken };
  }

  async function find(slug: string, cookie: string) {
    const grant = cookies.get(hashOf(cookie));
    return grant && (await holds(grant, slug)) ? { target: grant.target } : null;
  }

  /** One look at the database, every time: what was ended anywhere ends here. */
  async function holds({ instanceId, sessionId, rotationId, until }: Grant, slug: string): Promise<boolean> {
    if (until <= now()) return false;
    const { hostId } = worker.secrets;
    const owner = { sessions: { some: { id: sessionId, stage: "full" as const, ...living(worker) } } };
    const where = { id: instanceId, slug, hostId, status: "running" as const, rotationId, owner };
    return (await worker.db.instance.count({ where })) === 1;
  }

  return { issueLink, redeem, find };
}

function forgetOld(grants: Map<string, Grant>, now: number): void {
  for (const [hash, { until }] of grants) if (until <= now) grants.delete(hash);
}
