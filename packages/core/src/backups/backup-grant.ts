import { DomainError } from "../errors.ts";
import { deployKeyStatement } from "../hosts/rotate-deploy-keys.ts";
import type { BackupGrant } from "../ports.ts";
import { isSignedBy, openWith, type Purpose, sealTo } from "../provisioner/sealing.ts";
import type { WorkerSystem } from "../worker.ts";

/** For what a grant is good: once, for this restore, from this host to that one. */
export type GrantFacts = { operationId: string; backupId: string; from: string; to: string };

const purposeOf = ({ operationId, backupId, from, to }: GrantFacts): Purpose => ({
  info: "ocl/v1/backup",
  facts: [operationId, backupId, from, to],
});
const statementOf = (facts: GrantFacts, sealed: string) =>
  `ocl/v1/backup\n${[...purposeOf(facts).facts, sealed].join("|")}`;

/**
 * The operator names the hosts that trust one another: whoever can write to the database could add one of their own. Throws
 * backup.elsewhere.
 */
export function requireTrusted({ config }: WorkerSystem, identityKey: string): void {
  if (!config.TRUSTED_HOSTS.includes(identityKey)) throw new DomainError("backup.elsewhere");
}

type Recipient = {
  identityKey: string;
  deployKey: { id: string; publicKey: string; expiresAt: Date; signature: string };
};

/** Seals the key of a backup to the day's key of the host that asked, which its identity has signed. */
export async function sealGrant(
  { secrets }: WorkerSystem,
  facts: GrantFacts,
  key: Uint8Array,
  { identityKey, deployKey }: Recipient,
): Promise<BackupGrant> {
  if (!isSignedBy(identityKey, deployKeyStatement(deployKey), deployKey.signature))
    throw new DomainError("backup.elsewhere");
  const sealed = (await sealTo(deployKey.publicKey, key, purposeOf(facts))).toString("base64");
  const signature = Buffer.from(secrets.sign(Buffer.from(statementOf(facts, sealed)))).toString("base64url");
  return { deployKeyId: deployKey.id, sealed, signature };
}

/** The key of the backup. Throws backup.unreadable on a grant that another host made, or for another restore. */
export async function openGrant(
  { secrets }: WorkerSystem,
  facts: GrantFacts,
  { deployKeyId, sealed, signature }: BackupGrant,
  identityKey: string,
): Promise<Uint8Array> {
  try {
    const privateKey = await secrets.readDeployKey(deployKeyId);
    if (!privateKey || !isSignedBy(identityKey, statementOf(facts, sealed), signature))
      throw new Error("not of the host that has the backup");
    return await openWith(privateKey, Buffer.from(sealed, "base64"), purposeOf(facts));
  } catch (cause) {
    throw new DomainError("backup.unreadable", {}, { cause });
  }
}
