// B1, I1: launches from the warm pool against the clock, and what members are before and after somebody claims them.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import { rehearsal } from "@openclaw-launch/core/pool/forget-rehearsals";
import { command } from "../../setup/command.ts";
import {
  deployAssistant,
  nextMoment,
  removeAssistant,
  secondsOf,
  secondsSince,
  signUpOwner,
} from "../owner.ts";
import type { Product } from "../product.ts";

export type Pooled = {
  seconds: number[];
  /** Secrets of all members, no two of which may be the same. */
  secrets: number;
  /** Files in which traces of a rehearsal, and of what a member had before its claim, were looked for. */
  files: number;
  problems: string[];
};

/** Where OpenClaw keeps who an installation is, and whom it knows. */
const identities = {
  device_identities: ["device_id", "private_key_pem"],
  config_revision_keys: ["hmac_key"],
  device_pairing_paired: ["device_id", "tokens_json"],
};

/** So many owners, each with a member that was warm before they came. */
export async function launchFromPool(product: Product, rounds: number): Promise<Pooled> {
  const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 2 });
  const seconds: number[] = [];
  const problems: string[] = [];
  const known = new Map<string, string>();
  let files = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const member = await readyMember();
      const container = `${product.prefix}-${member}`;
      const before = await stateOf(container);
      const traces = [rehearsal.sessionKey, rehearsal.text];
      problems.push(
        ...traces.flatMap((trace) =>
          before.holding(trace).map((file) => `a member holds “${trace}” in ${file}`),
        ),
      );
      for (const secret of before.secrets) {
        const other = known.get(secret);
        if (other && other !== member) problems.push("two members share a secret");
        known.set(secret, member);
      }

      const launch = await signUpOwner(product);
      const begun = performance.now();
      const { id, operation } = await deployAssistant(launch);
      const { phases } = await operation.finished();
      seconds.push(secondsSince(begun));
      console.log(`  from the pool: ${seconds.at(-1)} s ${JSON.stringify(secondsOf(phases))}`);

      const claimed = await db.poolMember.findUnique({ where: { id: member } });
      if (claimed?.instanceId !== id) problems.push("the deploy did not take the member");
      const after = await stateOf(container);
      files += before.fileCount + after.fileCount;
      const gone = [...traces, ...before.tokens];
      problems.push(
        ...gone.flatMap((trace) =>
          after.holding(trace).map((file) => `a claimed member holds “${trace}” in ${file}`),
        ),
      );
      const messages = await launch.api.instances.chat.history.query({ instanceId: id });
      if (messages.length > 1) problems.push(`a new owner finds ${messages.length} messages`);
      await removeAssistant(launch, id);
      if (await command("docker", ["ps", "--all", "--quiet", "--filter", `name=${container}`]))
        problems.push("a removed assistant leaves its member's container");
    }
  } finally {
    await db.$disconnect();
  }
  return { seconds, secrets: known.size, files, problems };

  async function readyMember(): Promise<string> {
    for (;;) {
      const member = await db.poolMember.findFirst({ where: { state: "ready" } });
      if (member) return member.id;
      await nextMoment();
    }
  }
}

/** What lies in the state folder of a running container. */
async function stateOf(container: string) {
  const folder = await mkdtemp(join(tmpdir(), "member-"));
  try {
    await command("docker", ["cp", `${container}:/home/node/.openclaw/.`, folder]);
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      names
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .map(async (path) => ({ path: relative(folder, path), content: await readFile(path) })),
    );
    const configuration = JSON.parse(await readFile(join(folder, "openclaw.json"), "utf8"));
    const secrets = secretsIn(join(folder, "state/openclaw.sqlite"));
    secrets.push((await readFile(join(folder, "config-journal-fingerprint.key"))).toString("hex"));
    const tokens: string[] = [configuration.gateway.auth.token];
    const holding = (text: string) =>
      files.filter(({ content }) => content.includes(text)).map(({ path }) => path);
    return { secrets: [...secrets, ...tokens], tokens, fileCount: files.length, holding };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function secretsIn(file: string): string[] {
  const database = new DatabaseSync(file);
  const found = Object.entries(identities).flatMap(([table, columns]) =>
    database
      .prepare(`SELECT ${columns.join(", ")} FROM ${table}`)
      .all()
      .flatMap((row) => Object.values(row)),
  );
  database.close();
  return found.map((value) =>
    typeof value === "string" ? value : Buffer.from(value as Uint8Array).toString("hex"),
  );
}
