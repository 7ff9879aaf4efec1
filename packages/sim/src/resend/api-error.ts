import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal in Resend's own words. */
export class ApiError extends Error {
  readonly statusCode: ContentfulStatusCode;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    statusCode: ContentfulStatusCode,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.statusCode = statusCode;
    this.code = code;
    this.headers = headers;
  }

  get body() {
    return { statusCode: this.statusCode, name: this.code, message: this.message };
  }
}

export const missingKey = () =>
  new ApiError(401, "missing_api_key", "Missing API key in the authorization header.");
export const wrongKey = () => new ApiError(403, "invalid_api_key", "API key is invalid.");
export const notFound = () => new ApiError(404, "not_found", "The requested endpoint does not exist.");
export const emailNotFound = () => new ApiError(404, "not_found", "Email not found");
export const tooLarge = () => new ApiError(413, "validation_error", "The request is too large.");
export const missingField = (field: string) =>
  new ApiError(422, "missing_required_field", `Missing \`${field}\` field.`);
export const invalidField = (field: string, rule: string) =>
  new ApiError(422, "validation_error", `Invalid \`${field}\` field. ${rule}`);
export const unreadable = () => new ApiError(400, "validation_error", "The request body is not valid JSON.");
export const invalidIdempotencyKey = () =>
  new ApiError(400, "invalid_idempotency_key", "The key must be between 1-256 chars.");
export const otherRequest = () =>
  new ApiError(
    409,
    "invalid_idempotent_request",
    "Same idempotency key used with a different request payload.",
  );
export const stillRunning = () =>
  new ApiError(
    409,
    "concurrent_idempotent_requests",
    "Same idempotency key used while original request is still in progress.",
  );
export const tooManyRequests = (seconds: number) =>
  new ApiError(
    429,
    "rate_limit_exceeded",
    "Too many requests. You can only make 2 requests per second. See rate limit response headers for more information.",
    {
      "ratelimit-limit": "2",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(seconds),
      "retry-after": String(seconds),
    },
  );
export const internalError = () =>
  new ApiError(500, "internal_server_error", "An unexpected error occurred.");
