// What each process is told. A secret goes only to the processes that need it.
import { join } from "node:path";
import type { Layout, Ports } from "./layout.ts";
import type { Secrets } from "./secrets.ts";

export type StackSettings = {
  layout: Layout;
  ports: Ports;
  secrets: Secrets;
  databaseUrl: string;
  instanceImage: string;
  /** The caller's own environment; what it sets wins over what is derived here. */
  given: NodeJS.ProcessEnv;
};

export type ProcessName = "sim" | "worker" | "web" | "admin";

/** Variables that one process alone may hold. */
const ownersOf: Record<string, readonly ProcessName[]> = {
  OPENROUTER_MANAGEMENT_KEY: ["worker"],
  OPENROUTER_BASE_URL: ["web", "worker"],
  SIM_MANAGEMENT_KEY: ["sim"],
  RESEND_API_KEY: ["web"],
  RESEND_BASE_URL: ["web"],
  MAIL_FROM: ["web"],
  GOOGLE_CLIENT_ID: ["web"],
  GOOGLE_CLIENT_SECRET: ["web"],
  GITHUB_CLIENT_ID: ["web"],
  GITHUB_CLIENT_SECRET: ["web"],
  GOOGLE_ISSUER: ["web"],
  GITHUB_URL: ["web"],
  GITHUB_API_URL: ["web"],
  SIM_RESEND_KEY: ["sim"],
  DOCKER_HOST: ["worker"],
  DOCKER_SOCKET: ["worker"],
  APP_SECRET: ["web", "admin"],
  INTERNAL_SECRET: ["web", "worker"],
  DATABASE_URL: ["web", "admin", "worker"],
  /** The owner's rights are for migrations, which run before any process starts. */
  DATABASE_OWNER_URL: [],
  POSTGRES_PASSWORD: [],
};

/** What stand-ins take the place of, each as long as there is no key of the real one. */
export const standInsFor = (given: NodeJS.ProcessEnv) => ({
  openRouter: !given["OPENROUTER_MANAGEMENT_KEY"],
  resend: !given["RESEND_API_KEY"],
});

export function environmentOf(name: ProcessName, settings: StackSettings): NodeJS.ProcessEnv {
  const all = { ...derived(settings), ...given(settings.given) };
  const entries = Object.entries(all).filter(([variable]) => ownersOf[variable]?.includes(name) ?? true);
  return Object.fromEntries(entries);
}

function given(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Empty means unset. npm's own variables tell of the command that started us, nothing of the product.
  const entries = Object.entries(environment).filter(([name, value]) => value !== "" && !/^npm_/i.test(name));
  return Object.fromEntries(entries);
}

function derived({
  layout,
  ports,
  secrets,
  databaseUrl,
  instanceImage,
  given,
}: StackSettings): NodeJS.ProcessEnv {
  const standIns = standInsFor(given);
  const openRouter = {
    OPENROUTER_BASE_URL: `http://127.0.0.1:${ports.sim}/api/v1`,
    // OpenClaw sends no loopback address through its proxy, so instances get a name, which only the way out knows.
    INSTANCE_OPENROUTER_BASE_URL: `http://openrouter.internal:${ports.sim}/api/v1`,
    OPENROUTER_MANAGEMENT_KEY: secrets.SIM_MANAGEMENT_KEY,
    SIM_MANAGEMENT_KEY: secrets.SIM_MANAGEMENT_KEY,
  };
  const resend = {
    RESEND_BASE_URL: `http://127.0.0.1:${ports.mail}/resend`,
    RESEND_API_KEY: secrets.SIM_RESEND_KEY,
    SIM_RESEND_KEY: secrets.SIM_RESEND_KEY,
  };
  const webUrl = given["WEB_URL"] || `http://localhost:${ports.web}`;
  return {
    // React and Express look at it.
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    WEB_PORT: String(ports.web),
    WEB_URL: webUrl,
    MAIL_FROM: `OpenClaw Launch <no-reply@${mailDomainOf(webUrl)}>`,
    ADMIN_PORT: String(ports.admin),
    ADMIN_URL: `http://localhost:${ports.admin}`,
    EDGE_PORT: String(ports.edge),
    INTERNAL_PORT: String(ports.internal),
    INTERNAL_URL: `http://127.0.0.1:${ports.internal}`,
    EGRESS_PORT: String(ports.egress),
    HOST_FIREWALL: "optional",
    APP_SECRET: secrets.APP_SECRET,
    INTERNAL_SECRET: secrets.INTERNAL_SECRET,
    WORKER_DATA: layout.worker,
    INSTANCE_IMAGE: instanceImage,
    SIM_PORT: String(ports.sim),
    SIM_MAIL_PORT: String(ports.mail),
    SIM_DATA: join(layout.sim, "state.json"),
    ...(given["DOCKER_HOST"]?.startsWith("unix://")
      ? { DOCKER_SOCKET: given["DOCKER_HOST"].slice("unix://".length) }
      : {}),
    ...(standIns.openRouter ? openRouter : {}),
    ...(standIns.resend ? resend : {}),
  };
}

/** Mail needs a name with a dot, which the addresses of a try-out lack. */
function mailDomainOf(url: string): string {
  const hostname = URL.parse(url)?.hostname ?? "";
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(hostname) ? hostname : "launch.localhost";
}
