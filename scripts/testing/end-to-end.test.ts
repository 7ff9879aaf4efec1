import { expect, test } from "vitest";
import { environmentApart } from "./end-to-end.ts";

test("a product that is tried out is told nothing of the one that its caller runs, and touches none of its data", () => {
  const machine = { PATH: "/usr/bin", HTTPS_PROXY: "http://proxy:3128", DOCKER_SOCKET: "/run/docker.sock" };
  const installation = {
    DATABASE_URL: "postgresql://…",
    DATABASE_OWNER_URL: "postgresql://…",
    POSTGRES_PASSWORD: "…",
    BACKUP_FOLDER: "/srv/backups",
    WORKER_DATA: "/srv/worker",
    EDGE_PORT: "3002",
    BOTS_DOMAIN: "bots.example.org",
    WARM_POOL_PRO: "2",
    DISK_QUOTA: "xfs",
    INSTANCE_PREFIX: "oc",
    OPENROUTER_MANAGEMENT_KEY: "…",
    NODE_ENV: "test",
    SIM_PORT: "3100",
  };
  expect(environmentApart({ ...machine, ...installation })).toEqual(machine);
});
