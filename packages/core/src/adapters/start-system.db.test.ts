import { expect, inject, test } from "vitest";
import { readWebConfig } from "../config.ts";
import { cloneTemplateDatabase } from "../testing/template-database.ts";
import { createQueue } from "./job-queue.ts";
import { startSystem } from "./start-system.ts";

const config = readWebConfig({
  DATABASE_URL: await cloneTemplateDatabase(inject),
  LOG_LEVEL: "fatal",
  WEB_URL: "http://localhost:3000/",
  APP_SECRET: "q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM",
  INTERNAL_SECRET: "7tR2vNf9aQz5Wb1XcKd8JmLs0HgEy4UpVo6TiSqPnMw",
  RESEND_API_KEY: "re_0123456789abcdefghij",
  MAIL_FROM: "OpenClaw Launch <no-reply@example.org>",
});

test("processes may start at once on a new database, and what one enqueues another works off at once", async () => {
  const [web, worker] = await Promise.all([
    startSystem(config, { works: false }),
    startSystem(config, { works: true }),
  ]);
  const payload = { hostId: web.random.uuid(), instanceId: web.random.uuid() };
  await createQueue(worker.boss, `converge.${payload.hostId}`);
  const done = Promise.withResolvers<unknown>();
  await worker.boss.work(`converge.${payload.hostId}`, { pollingIntervalSeconds: 60 }, async ([job]) =>
    done.resolve(job?.data),
  );
  const enqueued = performance.now();
  await web.db.$transaction((tx) => web.jobs.enqueue(tx, "converge", payload));
  expect(await done.promise).toEqual(payload);
  expect(performance.now() - enqueued).toBeLessThan(5000);
  await web.close();
  await worker.close();
});

test("a database that can't be reached stops the start", async () => {
  const nowhere = { ...config, DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" };
  await expect(startSystem(nowhere, { works: false })).rejects.toThrow("ECONNREFUSED");
});
