import type { WorkerConfig } from "../config.ts";
import type { InstancePlan } from "../generated/prisma/enums.ts";
import type { InstanceLimits } from "../ports.ts";

type Size = Pick<WorkerConfig, "INSTANCE_MEMORY_MB" | "INSTANCE_MILLI_CPUS">;

/** Shares of the size that the operator gives to the smallest plan. */
const factors: Record<InstancePlan, number> = { lite: 1, pro: 2 };
/** An assistant at rest has about 45 tasks; its tools start more. */
const pids = 256;

/** What an instance of the plan may take of its host. */
export function limitsOf(plan: InstancePlan, size: Size): InstanceLimits {
  const factor = factors[plan];
  return {
    memoryBytes: size.INSTANCE_MEMORY_MB * factor * 1024 ** 2,
    milliCpus: size.INSTANCE_MILLI_CPUS * factor,
    pids: pids * factor,
  };
}
