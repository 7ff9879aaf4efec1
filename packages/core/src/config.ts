// Environment → zod → typed Config, once per process. The only reader of `process.env`.
import { availableParallelism } from "node:os";
import { z } from "zod";

const secret = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{43,}$/,
    "must be at least 32 random bytes in base64url: node -p \"crypto.randomBytes(32).toString('base64url')\"",
  )
  .refine((value) => new Set(value).size > 12, "is not random");
const port = z.coerce.number().int().min(1).max(65_535);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ""));

/** A secret or a person's address goes there: in the clear only within the machine. */
const privateUrl = url.refine((value) => {
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || /^(([a-z0-9-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}, "must begin with https://");

/** Proxies in front of this server. Each adds one address to X-Forwarded-For; with 0 the header is not believed. */
const trustedProxies = z.coerce.number().int().min(0).max(8).default(0);

export const officialOpenRouter = "https://openrouter.ai/api/v1";
export const officialResend = "https://api.resend.com";

/** Begins names on the engine. */
export const usualPrefix = "oc";

const base = z.object({
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Connections for queries; four more are for jobs, one for notifications. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  /** Multiplies every rate limit: for load tests, or for many people behind one address. */
  RATE_LIMIT_FACTOR: z.coerce.number().positive().max(10_000).default(1),
});

/** For the processes whom models concern. */
const models = { OPENROUTER_BASE_URL: privateUrl.default(officialOpenRouter) };

/** For the processes where people sign in. */
const accounts = base.extend({
  APP_SECRET: secret,
  TRUSTED_PROXIES: trustedProxies,
  /** Parallel Argon2 computations; each takes 64 MiB and a processor. One processor is left for everything else. */
  ARGON2_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(() => Math.max(1, availableParallelism() - 1)),
});

const web = accounts.extend({
  ...models,
  /** Address under which people reach the dashboard. Without TLS browsers keep no session and encrypt nothing. */
  WEB_URL: privateUrl,
  WEB_PORT: port.default(3000),
  WEB_HOST: z.string().default("127.0.0.1"),
  INTERNAL_SECRET: secret,
  RESEND_API_KEY: z.string().regex(/^[\w-]{20,}$/, "must be an API key of Resend"),
  RESEND_BASE_URL: privateUrl.default(officialResend),
  /** Who sends: `OpenClaw Launch <no-reply@example.org>`. Resend must know the domain. */
  MAIL_FROM: z
    .string()
    .regex(/^[^<>@\p{Cc}]+ <[^<>\s@]+@[^<>\s@]+>$/u, 'must be like "OpenClaw Launch <no-reply@example.org>"'),
  /** Sign-in with Google is offered when both are set; the same for GitHub. */
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  GOOGLE_ISSUER: privateUrl.default("https://accounts.google.com"),
  GITHUB_CLIENT_ID: z.string().min(1).optional(),
  GITHUB_CLIENT_SECRET: z.string().min(1).optional(),
  GITHUB_URL: privateUrl.default("https://github.com"),
  GITHUB_API_URL: privateUrl.default("https://api.github.com"),
});

/** An id and its secret make sense only together. */
function refuseHalves(values: Partial<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const provider of ["GOOGLE", "GITHUB"]) {
    const pair = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`];
    const missing = pair.filter((name) => values[name] === undefined);
    if (missing.length !== 1) continue;
    const present = pair.find((name) => !missing.includes(name));
    context.addIssue({ code: "custom", path: missing, message: `is missing, but ${present} is set` });
  }
}

const admin = accounts.extend({
  ADMIN_URL: privateUrl,
  ADMIN_PORT: port.default(3001),
  ADMIN_HOST: z.string().default("127.0.0.1"),
});

const worker = base.extend({
  ...models,
  INTERNAL_SECRET: secret,
  INTERNAL_PORT: port.default(3003),
  INTERNAL_HOST: z.string().default("127.0.0.1"),
  /** Where web finds this worker. */
  INTERNAL_URL: url,
  /** Host keys and the instances' sealed files: out of the database and its backups. */
  WORKER_DATA: z.string().min(1),
  /** Where backups of instances lie; another disk than the instances' survives that one's end. */
  BACKUP_FOLDER: z.string().min(1).optional(),
  /** Identity keys of the other hosts that backups may go to and come from, with commas between. */
  TRUSTED_HOSTS: z
    .string()
    .regex(/^([A-Za-z0-9_-]{43}(,|$))*$/, "must be identity keys of hosts, with commas between")
    .default("")
    .transform((keys) => keys.split(",").filter((key) => key !== "")),
  HOST_NAME: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .default("local"),
  /** Host names of instances are `<slug>.<domain>`; with `localhost` they are reached without TLS, at the edge's own port. */
  BOTS_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/)
    .default("localhost"),
  /** Where the pages of instances are served. */
  EDGE_PORT: port.default(3002),
  EDGE_HOST: z.string().default("127.0.0.1"),
  TRUSTED_PROXIES: trustedProxies,
  /** Path of the container engine's socket. */
  DOCKER_SOCKET: z.string().startsWith("/").default("/var/run/docker.sock"),
  /** Begins every name on the engine and every interface on the host; installations that share a host need different ones. */
  INSTANCE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9]$/)
    .default(usualPrefix),
  INSTANCE_IMAGE: z.string().min(1),
  /** One of the engine's, for example `runsc`; without it, the engine's default. */
  INSTANCE_RUNTIME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, "must be the name of a runtime that the engine knows")
    .optional(),
  INSTANCE_MEMORY_MB: z.coerce.number().int().min(256).default(2048),
  INSTANCE_MILLI_CPUS: z.coerce.number().int().min(100).default(2000),
  /** Assistants of each plan that are started before anybody asks for them: a deploy that takes one is done in seconds. */
  WARM_POOL_LITE: z.coerce.number().int().min(0).max(100).default(0),
  WARM_POOL_PRO: z.coerce.number().int().min(0).max(100).default(0),
  /** Memory that must be free before another one is started. */
  WARM_POOL_FREE_MB: z.coerce.number().int().min(0).default(4096),
  /** Room for what an instance keeps. */
  INSTANCE_DISK_MB: z.coerce.number().int().min(128).default(2048),
  /** `loop`: a disk of its own; `xfs`: a project quota of the engine's data root; `measured`: stopped once it is found above. */
  DISK_QUOTA: z.enum(["auto", "loop", "xfs", "measured"]).default("auto"),
  /** Networks of instances are cut from this range; it must be free on the host. */
  INSTANCE_SUBNETS: z.cidrv4().default("10.213.0.0/16"),
  EGRESS_PORT: port.default(3128),
  /** `optional` runs instances on a host that lets us set no packet filter; they can then reach its services. */
  HOST_FIREWALL: z.enum(["required", "optional"]).default("required"),
  OPENROUTER_MANAGEMENT_KEY: z.string().min(1),
  /** Address of the models as instances see it, through the egress proxy. */
  INSTANCE_OPENROUTER_BASE_URL: url.optional(),
  /** US dollars a month that a new instance may spend. */
  INSTANCE_ALLOWANCE: z.coerce.number().positive().default(1),
});

/** Names of everything that one of the processes can be told. */
export const settingNames: readonly string[] = [web, admin, worker].flatMap(({ shape }) =>
  Object.keys(shape),
);

export type WebConfig = z.infer<typeof web>;
export type AdminConfig = z.infer<typeof admin>;
export type WorkerConfig = z.infer<typeof worker>;
/** What every process has. */
export type Config = z.infer<typeof base>;

export class InvalidEnvironment extends Error {}

function read<T extends z.ZodType>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new InvalidEnvironment(
    `The environment is not usable:\n${problems.join("\n")}\nSee docs/hosting/environment.md.`,
  );
}

export const readWebConfig = (environment = process.env): WebConfig =>
  read(web.superRefine(refuseHalves), environment);
export const readAdminConfig = (environment = process.env): AdminConfig => read(admin, environment);
export const readWorkerConfig = (environment = process.env): WorkerConfig => read(worker, environment);
