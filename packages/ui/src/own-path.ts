/** Where to go after signing in. Only paths of this site: anything else leads to `fallback`. */
export function ownPath(wish: string | null, fallback: string): string {
  const origin = "https://self.invalid";
  // Browsers read a backslash like a slash and drop control characters: neither belongs into an own path.
  if (!wish?.startsWith("/") || /[\\\p{Cc}]/u.test(wish)) return fallback;
  const url = URL.parse(wish, origin);
  return url?.origin === origin && !url.pathname.startsWith("//")
    ? url.pathname + url.search + url.hash
    : fallback;
}
