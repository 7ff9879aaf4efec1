import { expect, test } from "vitest";
import { readAdminConfig, readWebConfig, readWorkerConfig } from "../../packages/core/src/config.ts";
import { environmentOf, type StackSettings } from "./environment.ts";
import { layoutOf, readPorts } from "./layout.ts";

const secret = (letter: string) => `${letter}q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM`;
const secrets = {
  APP_SECRET: secret("a"),
  INTERNAL_SECRET: secret("i"),
  POSTGRES_PASSWORD: secret("p"),
  POSTGRES_APP_PASSWORD: secret("q"),
  SIM_MANAGEMENT_KEY: secret("s"),
  SIM_RESEND_KEY: secret("r"),
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
  const given = {
    OPENROUTER_MANAGEMENT_KEY: secret("k"),
    DOCKER_HOST: "unix:///run/docker.sock",
    DATABASE_OWNER_URL: "postgresql://owner:x@127.0.0.1:5432/openclaw_launch",
    POSTGRES_PASSWORD: secret("p"),
  };
  const variablesOf = (name: "web" | "admin" | "worker" | "sim") =>
    Object.keys(environmentOf(name, settings(given)));
  expect(variablesOf("web")).not.toContain("OPENROUTER_MANAGEMENT_KEY");
  expect(variablesOf("web")).not.toContain("DOCKER_SOCKET");
  expect(variablesOf("admin")).not.toContain("OPENROUTER_MANAGEMENT_KEY");
  expect(variablesOf("admin")).not.toContain("INTERNAL_SECRET");
  expect(variablesOf("worker")).not.toContain("APP_SECRET");
  expect(variablesOf("worker")).not.toContain("RESEND_API_KEY");
  expect(variablesOf("admin")).not.toContain("RESEND_API_KEY");
  expect(variablesOf("sim")).not.toContain("DATABASE_URL");
  for (const name of ["web", "admin", "worker", "sim"] as const) {
    expect(variablesOf(name)).not.toContain("DATABASE_OWNER_URL");
    expect(variablesOf(name)).not.toContain("POSTGRES_PASSWORD");
  }
});

test("what opens a stand-in goes to the stand-in, and to who uses it", () => {
  const values = (name: "web" | "admin" | "worker" | "sim") => Object.values(environmentOf(name, settings()));
  expect(values("sim")).toEqual(expect.arrayContaining([secrets.SIM_MANAGEMENT_KEY, secrets.SIM_RESEND_KEY]));
  expect(values("worker")).toContain(secrets.SIM_MANAGEMENT_KEY);
  expect(values("worker")).not.toContain(secrets.SIM_RESEND_KEY);
  expect(values("web")).toContain(secrets.SIM_RESEND_KEY);
  expect(values("web")).not.toContain(secrets.SIM_MANAGEMENT_KEY);
});

test("mail goes to the stand-in exactly while no key of Resend is set, whatever answers for the models", () => {
  const openRouter = { OPENROUTER_MANAGEMENT_KEY: secret("k") };
  expect(environmentOf("web", settings(openRouter))["RESEND_BASE_URL"]).toBe("http://127.0.0.1:3101/resend");
  expect(environmentOf("sim", settings(openRouter))).not.toHaveProperty("SIM_MANAGEMENT_KEY");
  const resend = settings({ RESEND_API_KEY: secret("k") });
  expect(readWebConfig(environmentOf("web", resend))).toMatchObject({
    RESEND_BASE_URL: "https://api.resend.com",
    RESEND_API_KEY: secret("k"),
  });
  expect(environmentOf("worker", resend)["OPENROUTER_BASE_URL"]).toBe("http://127.0.0.1:3100/api/v1");
  expect(environmentOf("sim", resend)).not.toHaveProperty("SIM_RESEND_KEY");
});

test.each([
  ["https://launch.example.org", "OpenClaw Launch <no-reply@launch.example.org>"],
  ["http://localhost:3000", "OpenClaw Launch <no-reply@launch.localhost>"],
  ["http://192.168.1.5:3000", "OpenClaw Launch <no-reply@launch.localhost>"],
])("mails from %s come from %s", (WEB_URL, sender) => {
  expect(environmentOf("web", settings({ WEB_URL }))["MAIL_FROM"]).toBe(sender);
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
