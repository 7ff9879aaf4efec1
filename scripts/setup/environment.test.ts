import { expect, test } from "vitest";
import { readAdminConfig, readWebConfig, readWorkerConfig } from "../../packages/core/src/config.ts";
import { environmentOf, type StackSettings } from "./environment.ts";
import { layoutOf, readPorts } from "./layout.ts";

const secret = (letter: string) => `${letter}q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM`;
const secrets = {
  APP_SECRET: secret("a"),
  INTERNAL_SECRET: secret("i"),
  POSTGRES_PASSWORD: secret("p"),
  SIM_MANAGEMENT_KEY: secret("s"),
};

function settings(given: NodeJS.ProcessEnv = {}): StackSettings {
  return {
    layout: layoutOf("/a folder/.data"),
    ports: readPorts(given),
    secrets,
    databaseUrl: "postgresql://openclaw:x@127.0.0.1:5432/openclaw_launch",
    instanceImage: "openclaw-launch/openclaw:1",
    given,
  };
}

test("every process accepts what it is told", () => {
  expect(readWebConfig(environmentOf("web", settings())).WEB_URL).toBe("http://localhost:3000");
  expect(readAdminConfig(environmentOf("admin", settings())).ADMIN_PORT).toBe(3001);
  expect(readWorkerConfig(environmentOf("worker", settings())).INTERNAL_URL).toBe("http://127.0.0.1:3003");
});

test("a secret goes only to the processes that need it", () => {
  const given = { OPENROUTER_MANAGEMENT_KEY: secret("k"), DOCKER_HOST: "unix:///run/docker.sock" };
  const variablesOf = (name: "web" | "admin" | "worker" | "sim") =>
    Object.keys(environmentOf(name, settings(given)));
  expect(variablesOf("web")).not.toContain("OPENROUTER_MANAGEMENT_KEY");
  expect(variablesOf("web")).not.toContain("DOCKER_SOCKET");
  expect(variablesOf("admin")).not.toContain("OPENROUTER_MANAGEMENT_KEY");
  expect(variablesOf("worker")).not.toContain("APP_SECRET");
  expect(variablesOf("sim")).not.toContain("DATABASE_URL");
});

test("the stand-in answers exactly while no key of OpenRouter is set", () => {
  expect(environmentOf("worker", settings())["OPENROUTER_BASE_URL"]).toBe("http://127.0.0.1:3100/api/v1");
  const real = environmentOf("worker", settings({ OPENROUTER_MANAGEMENT_KEY: secret("k") }));
  expect(real["OPENROUTER_BASE_URL"]).toBeUndefined();
  expect(real["OPENROUTER_MANAGEMENT_KEY"]).toBe(secret("k"));
});

test("what the operator sets wins, and what is set to nothing is not set", () => {
  const environment = environmentOf("web", settings({ WEB_URL: "https://example.org", LOG_LEVEL: "" }));
  expect(environment["WEB_URL"]).toBe("https://example.org");
  expect(environment).not.toHaveProperty("LOG_LEVEL");
});

test("a port that is none is named with its variable", () => {
  expect(() => readPorts({ WEB_PORT: "80a" })).toThrow('WEB_PORT must be a port, 1 to 65535, but is "80a".');
});
