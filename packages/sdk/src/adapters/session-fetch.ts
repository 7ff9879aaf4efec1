export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A fetch that stays signed in. Browsers keep cookies themselves and hide them from scripts; elsewhere the one cookie
 * that the server sets is kept here, in memory.
 */
export function sessionFetch(fetch: Fetch): Fetch {
  let cookie: string | null = null;
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie) headers.set("cookie", cookie);
    const response = await fetch(input, { ...init, headers, credentials: "same-origin" });
    for (const line of response.headers.getSetCookie())
      cookie = isExpired(line) ? null : (line.split(";", 1)[0] ?? null);
    return response;
  };
}

const isExpired = (line: string): boolean => /;\s*max-age=0\s*(;|$)/i.test(line);
