import { Resend } from "resend";
import type { WebConfig } from "../config.ts";
import { type Mailer, MailRefused } from "../ports.ts";

type ResendConfig = Pick<WebConfig, "RESEND_API_KEY" | "RESEND_BASE_URL" | "MAIL_FROM">;

/** Resend's API, or a server that speaks like it. */
export function createResend(
  config: ResendConfig,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Mailer {
  const resend = new Resend(config.RESEND_API_KEY, { baseUrl: config.RESEND_BASE_URL });
  return {
    send: async ({ idempotencyKey, ...mail }) => {
      // The package hands its options on to fetch. Nobody may point us, with the mail, to another address.
      const options = { idempotencyKey, signal: AbortSignal.timeout(timeoutMs), redirect: "error" };
      const { data, error } = await resend.emails.send({ from: config.MAIL_FROM, ...mail }, options);
      // What stands between us and Resend may answer with any JSON: only an id says that the mail was taken.
      if (error || !data?.id) throw refusalOf(error);
    },
  };
}

type ResendError = NonNullable<Awaited<ReturnType<Resend["emails"]["send"]>>["error"]>;
type ErrorName = ResendError["name"];

/** Where the status doesn't tell already. */
const mayRetry: Record<ErrorName, boolean> = {
  rate_limit_exceeded: true,
  daily_quota_exceeded: true,
  monthly_quota_exceeded: true,
  concurrent_idempotent_requests: true,
  internal_server_error: true,
  // What the package calls any answer that isn't JSON.
  application_error: false,
  // Another mail went out under this key.
  invalid_idempotent_request: false,
  invalid_idempotency_key: false,
  missing_api_key: false,
  invalid_api_key: false,
  restricted_api_key: false,
  invalid_access: false,
  security_error: false,
  validation_error: false,
  missing_required_field: false,
  invalid_from_address: false,
  invalid_parameter: false,
  invalid_attachment: false,
  invalid_region: false,
  not_found: false,
  method_not_allowed: false,
};

/** Tells name and status only: Resend's explanations may quote the request. */
function refusalOf(error: ResendError | null): MailRefused {
  const status = typeof error?.statusCode === "number" ? error.statusCode : null;
  const name = error && Object.hasOwn(mayRetry, error.name) ? error.name : null;
  const retry = isPassing(status) || (name !== null && mayRetry[name]);
  return new MailRefused(`POST /emails: ${status ?? "no status"}, ${name ?? "unknown error"}`, { retry });
}

/** No status: there was no answer, or not one of Resend's. */
const isPassing = (status: number | null) => status === null || status === 429 || status >= 500;
