import { z } from "zod";
import { type Nanodollars, toDollars, toNanodollars, windowStart, windows } from "./money.ts";

const inWindow = z.strictObject({ start: z.string(), amount: z.number() });

/** A key as it is kept. Its secret is known by its SHA-256 alone, which is also its public name. */
export const keyRecord = z.strictObject({
  hash: z.string(),
  name: z.string(),
  label: z.string(),
  disabled: z.boolean(),
  /** US dollars; null means no limit. */
  limit: z.number().nullable(),
  limitReset: z.enum(windows).nullable(),
  includeByokInLimit: z.boolean(),
  creatorUserId: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** Nanodollars: since creation, and in the latest window of each kind. */
  spent: z.strictObject({ total: z.number(), daily: inWindow, weekly: inWindow, monthly: inWindow }),
});

export type KeyRecord = z.infer<typeof keyRecord>;

/** The only workspace of the account. */
export const workspaceId = "0df9e665-d932-4740-b2c7-b52af166bc11";

export function unspent(moment: Date): KeyRecord["spent"] {
  const empty = (window: (typeof windows)[number]) => ({ start: windowStart(window, moment), amount: 0 });
  return { total: 0, daily: empty("daily"), weekly: empty("weekly"), monthly: empty("monthly") };
}

export function spend(key: KeyRecord, amount: Nanodollars, moment: Date): void {
  key.spent.total += amount;
  for (const window of windows) {
    key.spent[window] = { start: windowStart(window, moment), amount: spentIn(key, window, moment) + amount };
  }
}

function spentIn(key: KeyRecord, window: (typeof windows)[number], moment: Date): Nanodollars {
  const latest = key.spent[window];
  return latest.start === windowStart(window, moment) ? latest.amount : 0;
}

/** What the key may still spend in its current window; Infinity without a limit. */
export function remaining(key: KeyRecord, moment: Date): Nanodollars {
  if (key.limit === null) return Number.POSITIVE_INFINITY;
  const spent = key.limitReset ? spentIn(key, key.limitReset, moment) : key.spent.total;
  return Math.max(0, toNanodollars(key.limit) - spent);
}

export const isUsable = (key: KeyRecord, moment: Date) =>
  !key.disabled && (key.expiresAt === null || new Date(key.expiresAt) > moment);

/** What both views of a key have in common. */
function budget(key: KeyRecord, moment: Date) {
  return {
    label: key.label,
    limit: key.limit,
    limit_remaining: key.limit === null ? null : toDollars(remaining(key, moment)),
    limit_reset: key.limitReset,
    include_byok_in_limit: key.includeByokInLimit,
    usage: toDollars(key.spent.total),
    usage_daily: toDollars(spentIn(key, "daily", moment)),
    usage_weekly: toDollars(spentIn(key, "weekly", moment)),
    usage_monthly: toDollars(spentIn(key, "monthly", moment)),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    creator_user_id: key.creatorUserId,
    expires_at: key.expiresAt,
    workspace_id: workspaceId,
  };
}

/** As management keys see it. */
export function keyView(key: KeyRecord, moment: Date) {
  return {
    ...budget(key, moment),
    hash: key.hash,
    name: key.name,
    disabled: key.disabled,
    created_at: key.createdAt,
    updated_at: key.updatedAt,
    external_user: null,
  };
}

/** As the holder of a key sees their own, or of the management key theirs. */
export function currentKeyView(key: KeyRecord, moment: Date, isManagementKey: boolean) {
  return {
    ...budget(key, moment),
    is_free_tier: false,
    is_management_key: isManagementKey,
    is_provisioning_key: isManagementKey,
    rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." },
    allowed_data_regions: ["global"],
    free_model_daily_requests: { limit: 1000, remaining: 1000, used: 0 },
    organization_id: null,
  };
}
