import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { stream } from "hono/streaming";
import { z } from "zod";
import { Failures } from "../failures.ts";
import type { Account } from "./account.ts";
import {
  ApiError,
  insufficientCredits,
  internalError,
  keyLimitExceeded,
  managementOnly,
  notFound,
  tooManyRequests,
  unauthorized,
} from "./api-error.ts";
import { complete, completionBody, completionRequest, completionStream } from "./completions.ts";
import { currentKeyView, keyView, workspaceId } from "./key-record.ts";
import { modelList } from "./models.ts";
import { windows } from "./money.ts";

export type Env = { Bindings: HttpBindings };

const pageSize = 100;
const maxBodyBytes = 20 * 1024 * 1024;

/** UTC, with seconds. */
const expiry = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  .pipe(z.iso.datetime());

const newKey = z.object({
  name: z.string().min(1),
  limit: z.number().nonnegative().nullable().default(null),
  limit_reset: z.enum(windows).nullable().default(null),
  include_byok_in_limit: z.boolean().default(false),
  expires_at: expiry.nullable().default(null),
  creator_user_id: z.string().min(1).nullable().default(null),
  workspace_id: z.uuid().optional(),
});

const keyChange = z.object({
  name: z.string().min(1).optional(),
  disabled: z.boolean().optional(),
  limit: z.number().nonnegative().nullable().optional(),
  limit_reset: z.enum(windows).nullable().optional(),
  include_byok_in_limit: z.boolean().optional(),
});

const keyQuery = z.object({
  offset: z.coerce.number().int().nonnegative().default(0),
  include_disabled: z.enum(["true", "false"]).default("false"),
  workspace_id: z.uuid().default(workspaceId),
});

export type OpenRouterStatus = "402" | "403" | "429" | "500";
type OpenRouterFailures = Failures<OpenRouterStatus>;

export const openRouterFailures = (): OpenRouterFailures =>
  new Failures({
    "402": insufficientCredits,
    "403": () => keyLimitExceeded("monthly"),
    "429": tooManyRequests,
    "500": internalError,
  });

/** OpenRouter's API as far as the product and its instances use it, and the controls of the stand-in itself. */
export function openRouterApp(
  account: Account,
  failures: OpenRouterFailures,
  chunkGapMilliseconds: number,
): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    const refusal = error instanceof ApiError ? error : internalError();
    if (refusal !== error) console.error(error);
    return c.json(refusal.body, refusal.code, refusal.headers);
  });
  app.notFound((c) => c.json(new ApiError(404, "Not Found").body, 404));

  const tooLarge = new ApiError(413, "Request body is too large");
  app.use("/api/v1/*", bodyLimit({ maxSize: maxBodyBytes, onError: () => Promise.reject(tooLarge) }));
  app.use("/api/v1/*", failures.below("/api/v1"));
  app.route("/api/v1", keyRoutes(account));
  app.route("/api/v1", modelRoutes(account, chunkGapMilliseconds));
  app.route("/sim", controlRoutes(account, failures));
  return app;
}

function keyRoutes(account: Account): Hono<Env> {
  const routes = new Hono<Env>();
  const authorization = (c: Context) => c.req.header("Authorization");
  const demandManagementKey = (c: Context, refusal: () => ApiError) => {
    if (!account.identify(authorization(c)).isManagementKey) throw refusal();
  };

  routes.post("/keys", async (c) => {
    demandManagementKey(c, managementOnly);
    const settings = await read(newKey, c);
    if (settings.workspace_id && settings.workspace_id !== workspaceId)
      throw new ApiError(400, "Workspace not found");
    const { key, secret } = account.create({
      name: settings.name,
      limit: settings.limit,
      limitReset: settings.limit_reset,
      includeByokInLimit: settings.include_byok_in_limit,
      expiresAt: settings.expires_at,
      creatorUserId: settings.creator_user_id,
    });
    return c.json({ data: keyView(key, account.now()), key: secret }, 201);
  });

  routes.get("/keys", (c) => {
    demandManagementKey(c, unauthorized);
    const query = parse(keyQuery, c.req.query());
    const keys = query.workspace_id === workspaceId ? account.keys() : [];
    const listed = keys.filter((key) => query.include_disabled === "true" || !key.disabled);
    const page = listed.slice(query.offset, query.offset + pageSize);
    return c.json({ data: page.map((key) => keyView(key, account.now())) });
  });

  routes.get("/keys/:hash", (c) => {
    demandManagementKey(c, unauthorized);
    return c.json({ data: keyView(account.key(c.req.param("hash")), account.now()) });
  });

  routes.patch("/keys/:hash", async (c) => {
    demandManagementKey(c, unauthorized);
    const { limit_reset, include_byok_in_limit, ...change } = await read(keyChange, c);
    const key = account.update(c.req.param("hash"), {
      ...change,
      ...(limit_reset !== undefined && { limitReset: limit_reset }),
      ...(include_byok_in_limit !== undefined && { includeByokInLimit: include_byok_in_limit }),
    });
    return c.json({ data: keyView(key, account.now()) });
  });

  routes.delete("/keys/:hash", (c) => {
    demandManagementKey(c, unauthorized);
    account.delete(c.req.param("hash"));
    return c.json({ deleted: true });
  });

  routes.get("/key", (c) => {
    const { key, isManagementKey } = account.identify(authorization(c));
    return c.json({ data: currentKeyView(key, account.now(), isManagementKey) });
  });

  routes.get("/credits", (c) => {
    demandManagementKey(c, managementOnly);
    const { total, used } = account.credits();
    return c.json({ data: { total_credits: total, total_usage: used } });
  });

  return routes;
}

function modelRoutes(account: Account, chunkGapMilliseconds: number): Hono<Env> {
  const routes = new Hono<Env>();

  routes.get("/models", (c) => c.json(modelList));

  routes.post("/chat/completions", async (c) => {
    const { key, isManagementKey } = account.identify(c.req.header("Authorization"));
    if (isManagementKey) throw new ApiError(403, "Management keys cannot be used for completions");
    const request = await read(completionRequest, c);
    const completion = complete(account, key, `gen-${randomBytes(12).toString("hex")}`, request);
    if (!request.stream) return c.json(completionBody(completion));
    c.header("Content-Type", "text/event-stream");
    c.header("Cache-Control", "no-cache");
    return stream(c, async (output) => {
      for await (const lines of completionStream(completion, chunkGapMilliseconds)) {
        if (output.aborted) return;
        await output.write(lines);
      }
    });
  });

  return routes;
}

/** Only for whoever holds the management key: instances reach this server as well. */
function controlRoutes(account: Account, failures: OpenRouterFailures): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use(async (c, next) => {
    if (!account.identify(c.req.header("Authorization")).isManagementKey) throw notFound();
    await next();
  });
  routes.post("/failures", async (c) => {
    failures.add(await read(failures.schema, c));
    return c.body(null, 204);
  });
  routes.delete("/failures", (c) => {
    failures.clear();
    return c.body(null, 204);
  });
  routes.put("/credits", async (c) => {
    account.setCredits((await read(z.strictObject({ total: z.number() }), c)).total);
    return c.body(null, 204);
  });
  return routes;
}

async function read<T extends z.ZodType>(schema: T, c: Context): Promise<z.output<T>> {
  const body: unknown = await c.req.json().catch((error: unknown) => {
    throw error instanceof SyntaxError ? new ApiError(400, "Invalid JSON in request body") : error;
  });
  return parse(schema, body);
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ApiError(400, `Invalid request parameters: ${issue?.path.join(".")}: ${issue?.message}`);
}
