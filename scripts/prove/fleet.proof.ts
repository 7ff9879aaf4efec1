// One host with many assistants: what watching over 300 containers costs, and how it grows from 30. The containers hold the smallest
// program that says that it is well: what is measured is the platform, not OpenClaw.
import type { Proof } from "../prove.ts";
import { type Costs, measureCosts } from "./fleet/costs.ts";
import { growFleet, openFleet } from "./fleet/tenants.ts";
import { buildTinyImage } from "./fleet/tiny-image.ts";
import { secondsSince } from "./owner.ts";
import { tryProduct } from "./product.ts";

const sizes = [30, 300] as const;
const targets = { workerCpuPercent: 10, sweepSeconds: 10 } as const;
/** Each figure may grow as the fleet does, and no faster. */
const growth = sizes[1] / sizes[0];

type Measured = Costs & { instances: number; upAfterSeconds: number };

export async function prove(): Promise<Proof> {
  const measured = await tryProduct(
    async (product) => {
      await using fleet = await openFleet(product);
      const found: Measured[] = [];
      for (const instances of sizes) {
        const begun = performance.now();
        await growFleet(fleet, instances);
        const upAfterSeconds = secondsSince(begun);
        const costs = await measureCosts(product, fleet);
        found.push({ instances, upAfterSeconds, ...costs });
        console.log(`  ${JSON.stringify(found.at(-1))}`);
      }
      return found;
    },
    { LOG_LEVEL: "debug", INSTANCE_IMAGE: await buildTinyImage() },
  );
  const [few, many] = measured as [Measured, Measured];
  const names = ["workerCpuPercent", "sweepSeconds", "listP95Ms", "workerMegabytes"] as const;
  const failures = [
    ...(Object.keys(targets) as (keyof typeof targets)[])
      .filter((name) => !(many[name] <= targets[name]))
      .map((name) => `${name} with ${many.instances}: ${many[name]}, at most ${targets[name]}`),
    ...names
      .filter((name) => !(many[name] <= few[name] * growth))
      .map((name) => `${name} grows from ${few[name]} to ${many[name]}, more than the fleet`),
  ];
  return { figures: { targets, measured }, failures };
}
