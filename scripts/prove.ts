// `npm run prove -- <topic>`: runs a topic's proof against real components. The figures are the last line, as JSON;
// the exit code says whether the targets hold.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { generateClient } from "./setup/apps.ts";
import { readLayout, root } from "./setup/layout.ts";

/** What a proof has found. `failures` name what does not hold. */
export type Proof = { figures: Record<string, unknown>; failures: string[] };

const folder = join(root, "scripts", "prove");
const topics = readdirSync(folder)
  .filter((name) => name.endsWith(".proof.ts"))
  .map((name) => name.replace(".proof.ts", ""));

const [topic = ""] = process.argv.slice(2);
if (!topics.includes(topic)) {
  console.error(`usage: npm run prove -- <topic>\nTopics: ${topics.join(", ")}`);
  process.exit(2);
}
// Before the topic is read: it may use the database client.
await generateClient({ logs: readLayout().logs, report: () => undefined });
const { prove } = (await import(join(folder, `${topic}.proof.ts`))) as { prove: () => Promise<Proof> };
const { figures, failures } = await prove();
for (const failure of failures) console.error(`✗ ${failure}`);
console.log(JSON.stringify({ topic, ok: failures.length === 0, ...figures }));
process.exit(failures.length === 0 ? 0 : 1);
