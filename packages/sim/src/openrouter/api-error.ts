import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal in OpenRouter's own words; the HTTP status is the code in the body. */
export class ApiError extends Error {
  readonly code: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: ContentfulStatusCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.headers = headers;
  }

  get body() {
    return { error: { code: this.code, message: this.message } };
  }
}

export const unauthorized = () => new ApiError(401, "User not found.");
export const missingAuthentication = () => new ApiError(401, "Missing Authentication header");
export const managementOnly = () => new ApiError(403, "Only management keys can perform this operation");
export const notFound = () => new ApiError(404, "Resource not found");
export const tooManyRequests = (seconds: number) =>
  new ApiError(429, "Rate limit exceeded", { "Retry-After": String(seconds) });
export const internalError = () => new ApiError(500, "Internal Server Error");
export const insufficientCredits = () =>
  new ApiError(402, "Insufficient credits. Add more using https://openrouter.ai/credits");
export const keyLimitExceeded = (reset: string | null) =>
  new ApiError(
    403,
    `Key limit exceeded (${reset ?? "total"} limit). Manage it using https://openrouter.ai/settings/keys`,
  );
