export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A fetch that stays signed in. Browsers keep cookies themselves and hide them from scripts; elsewhere those that the server sets
 * are kept here, in memory.
 */
export function sessionFetch(fetch: Fetch): Fetch {
  const cookies = new Map<string, string>();
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(input, { ...init, headers, credentials: "same-origin" });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
  if (isExpired(line)) cookies.delete(name);
  else cookies.set(name, value);
}

const isExpired = (line: string): boolean => /;\s*max-age=0\s*(;|$)/i.test(line);
