// Two real assistants, one of them hostile: from inside of its container it tries whatever should be out of its reach. Controls show
// that what it doesn't reach is there. Needs a Linux host and root, for the machines of the outside world.
import type { Proof } from "../prove.ts";
import { exhaustionProbes } from "./isolation/exhaustion-probes.ts";
import { kernelProbes } from "./isolation/kernel-probes.ts";
import { networkProbes } from "./isolation/network-probes.ts";
import { holds, type Probe } from "./isolation/probe.ts";
import { deployAssistant, removeAssistant, signUpOwner } from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";

export async function prove(): Promise<Proof> {
  if (process.getuid?.() !== 0 || process.platform !== "linux")
    return { figures: {}, failures: ["this proof makes networks: run it as root on Linux"] };
  const { probes, figures } = await tryProduct(attack);
  for (const { name, expected, seen } of probes) console.log(`  ${name}: ${seen} (expected: ${expected})`);
  const failures = probes
    .filter((probe) => !holds(probe))
    .map(({ name, expected, seen }) => `${name}: ${seen}, expected ${expected}`);
  return { figures: { probes: probes.length, failed: failures.length, ...figures }, failures };
}

async function attack(product: Product): Promise<{ probes: Probe[]; figures: Record<string, number> }> {
  const [attacker, neighbourOwner] = [await signUpOwner(product), await signUpOwner(product)];
  const mine = await deployAssistant(attacker, "Mallory");
  await mine.operation.finished();
  const theirs = await deployAssistant(neighbourOwner, "Ada");
  await theirs.operation.finished();
  const pair = { inside: `${product.prefix}-${mine.id}`, neighbour: `${product.prefix}-${theirs.id}` };

  const network = await networkProbes(product, pair);
  const kernel = await kernelProbes(pair.inside);
  const { probes, ...figures } = await exhaustionProbes(pair);
  await removeAssistant(attacker, mine.id);
  await removeAssistant(neighbourOwner, theirs.id);
  return { probes: [...network, ...kernel, ...probes], figures };
}
