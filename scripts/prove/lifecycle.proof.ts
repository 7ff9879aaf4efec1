// The life of real assistants against the clock: launched cold and from the warm pool, their token rotated, killed from outside, killed in
// the middle of a turn, upgraded and rolled back.
import type { Proof } from "../prove.ts";
import { launchFromPool } from "./lifecycle/pooled.ts";
import { rotate } from "./lifecycle/rotation.ts";
import { upgradeAndRollBack } from "./lifecycle/upgraded.ts";
import { killBehindBack, killInTurn } from "./lifecycle/ups-and-downs.ts";
import { deployAssistant, percentile, removeAssistant, secondsSince, signUpOwner } from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";

const rounds = 4;
const pooledRounds = 5;
/** Seconds; the longest of all rounds must keep to them. */
const targets = { launch: 40, edge: 5, gateway: 5, noticed: 2, killed: 10 } as const;
type Name = keyof typeof targets | "back";
/** Seconds, of launches from the pool. */
const pooledTargets = { median: 4, p95: 8 } as const;

export async function prove(): Promise<Proof> {
  const measured = await tryProduct(async (product) => {
    const found: Record<Name, number>[] = [];
    for (let round = 0; round < rounds; round++) {
      const seconds = await liveThrough(product);
      console.log(`  ${JSON.stringify(seconds)}`);
      found.push(seconds);
    }
    return found;
  });
  const pooled = await tryProduct((product) => launchFromPool(product, pooledRounds), {
    WARM_POOL_LITE: "1",
  });
  const upgraded = await tryProduct(upgradeAndRollBack);
  const fromPool = { median: percentile(pooled.seconds, 0.5), p95: percentile(pooled.seconds, 0.95) };
  const of = (name: Name, share: number) =>
    percentile(
      measured.map((seconds) => seconds[name]),
      share,
    );
  const names = Object.keys(measured[0] ?? {}) as Name[];
  const figures = {
    rounds,
    targets,
    median: Object.fromEntries(names.map((name) => [name, of(name, 0.5)])),
    longest: Object.fromEntries(names.map((name) => [name, of(name, 1)])),
    pooled: {
      rounds: pooledRounds,
      targets: pooledTargets,
      ...fromPool,
      secretsCompared: pooled.secrets,
      filesSearched: pooled.files,
    },
    upgradeSeconds: upgraded.upgradeSeconds,
    rollbackSeconds: upgraded.rollbackSeconds,
  };
  const failures = (Object.keys(targets) as (keyof typeof targets)[])
    .filter((name) => !(of(name, 1) <= targets[name]))
    .map((name) => `${name}: ${of(name, 1)} s, at most ${targets[name]} s`);
  const late = (["median", "p95"] as const)
    .filter((name) => !(fromPool[name] <= pooledTargets[name]))
    .map((name) => `launch from the pool, ${name}: ${fromPool[name]} s, at most ${pooledTargets[name]} s`);
  return { figures, failures: [...failures, ...late, ...pooled.problems, ...upgraded.problems] };
}

async function liveThrough(product: Product): Promise<Record<Name, number>> {
  const launch = await signUpOwner(product);
  const begun = performance.now();
  const { id, operation } = await deployAssistant(launch);
  await operation.finished();
  const launched = secondsSince(begun);
  const { edge, gateway } = await rotate(launch, product.prefix, id);
  const { noticed, back } = await killBehindBack(launch, product.prefix, id);
  const killed = await killInTurn(launch, product.prefix, id);
  await removeAssistant(launch, id);
  return { launch: launched, edge, gateway, noticed, back, killed };
}
