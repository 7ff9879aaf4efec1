import { randomUUID } from "node:crypto";
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import { loadHostSecrets } from "@openclaw-launch/core/adapters/host-secrets";
import { writeSealedInstance } from "@openclaw-launch/core/provisioner/sealed-instance";
import { layoutOf } from "../../setup/layout.ts";
import { nextMoment } from "../owner.ts";
import type { Product } from "../product.ts";
import { accepted, newAccount, Visitor } from "../visitor.ts";

const model = "openai/gpt-5-mini";

export type Fleet = Awaited<ReturnType<typeof openFleet>>;

/** Somebody who will own all of it, and what a deployment would have left behind. */
export async function openFleet(product: Product) {
  const account = newAccount();
  const owner = new Visitor(product.webUrl, "192.0.2.7");
  await accepted(owner.mutate("auth.register", account));
  await accepted(owner.mutate("auth.login", { email: account.email, authKey: account.authKey }));
  const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 4 });
  const secrets = await loadHostSecrets(layoutOf(product.data).worker);
  return {
    owner,
    ownerId: account.userId,
    db,
    secrets,
    [Symbol.asyncDispose]: () => db.$disconnect(),
  };
}

/** Returns when so many assistants run. The worker finds them as it finds those whose host was down. */
export async function growFleet({ db, secrets, ownerId }: Fleet, size: number): Promise<void> {
  for (let count = await db.instance.count(); count < size; count++) {
    const id = randomUUID();
    const configuration = { version: 1 as const, name: `Ada ${count}`, model, personality: "", channels: {} };
    await writeSealedInstance(secrets, id, {
      version: 1,
      deployId: randomUUID(),
      generation: 1,
      configId: randomUUID(),
      revision: 1,
      configuration,
      gatewayToken: randomUUID(),
      rotationId: null,
      deviceKey: Buffer.alloc(32, count).toString("base64url"),
    });
    const now = new Date();
    await db.instance.create({
      data: {
        id,
        ownerId,
        hostId: secrets.hostId,
        name: configuration.name,
        slug: `ada-${count}`,
        model,
        desired: "running",
        status: "starting",
        generation: 1,
        createdAt: now,
        updatedAt: now,
      },
    });
  }
  while ((await db.instance.count({ where: { status: "running" } })) < size) await nextMoment();
}
