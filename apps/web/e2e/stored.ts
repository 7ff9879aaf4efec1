// What tests change behind the product's back, because nobody waits ten minutes for it.
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import type { ImportedKeyDerivation } from "@openclaw-launch/core/auth/schema";

async function inDatabase(change: (db: ReturnType<typeof openDatabase>) => Promise<unknown>): Promise<void> {
  const url = process.env["E2E_DATABASE_URL"];
  if (!url) throw new Error("E2E_DATABASE_URL is not set");
  const db = openDatabase({ DATABASE_URL: url, DATABASE_POOL_SIZE: 1 });
  try {
    await change(db);
  } finally {
    await db.$disconnect();
  }
}

/** As if the account came from an older installation. `kdf` is what its authentication key was derived with. */
export const takeForImported = (email: string, kdf: ImportedKeyDerivation): Promise<void> =>
  inDatabase((db) => db.user.update({ where: { email }, data: { kdf, slots: { deleteMany: {} } } }));

/** As if everybody signed in with this address had shown ten minutes ago who they are. */
export const letProofsExpire = (email: string): Promise<void> =>
  inDatabase((db) => db.session.updateMany({ where: { user: { email } }, data: { provenAt: new Date(0) } }));

/** As if the last launch of an assistant had brought what its machine could not open. */
export const letLaunchFail = (name: string): Promise<void> =>
  inDatabase((db) =>
    db.operation.updateMany({
      where: { kind: "deploy", instance: { name } },
      data: { state: "failed", error: "deploy.untrusted-signature" },
    }),
  );

/** As if the code that an app shows right now were a new one. */
export const forgetUsedCodes = (email: string): Promise<void> =>
  inDatabase((db) => db.totp.updateMany({ where: { user: { email } }, data: { lastStep: 0 } }));
