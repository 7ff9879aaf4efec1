import { handling } from "../jobs/work-jobs.ts";
import { pruneStats } from "./prune-stats.ts";

export const statsJobs = [handling("prune-stats", pruneStats)];
