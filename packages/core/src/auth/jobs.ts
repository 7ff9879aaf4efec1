import { handling } from "../jobs/work-jobs.ts";
import { cleanUp } from "./clean-up.ts";
import { mailResetLink } from "./mail-reset-link.ts";

export const authJobs = [handling("reset-requested", mailResetLink), handling("clean-up", cleanUp)];
