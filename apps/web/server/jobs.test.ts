import { jobCatalogue } from "@openclaw-launch/core/jobs/catalogue";
import { expect, test } from "vitest";
import { sharedJobs } from "./jobs.ts";

test("every job but those of one host is worked here", () => {
  const { converge: _, ...shared } = jobCatalogue;
  expect(sharedJobs.map(({ name }) => name).sort()).toEqual(Object.keys(shared).sort());
});

test("B6: what was sealed is looked for every minute", () => {
  expect(jobCatalogue["expire-deployments"].cron).toBe("* * * * *");
});
