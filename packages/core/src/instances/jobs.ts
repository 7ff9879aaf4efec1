import { handling } from "../jobs/work-jobs.ts";
import { expireDeployments } from "./expire-deployments.ts";

export const instanceJobs = [handling("expire-deployments", expireDeployments)];
