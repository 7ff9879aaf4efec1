/** Where to go after signing in, as a browser would read it; null unless it is a path of this site. Pages use it too. */
export function ownPathOf(wish: string | null): string | null {
  const origin = "https://self.invalid";
  // Browsers read a backslash like a slash and drop control characters: neither belongs into an own path.
  if (!wish?.startsWith("/") || /[\\\p{Cc}]/u.test(wish)) return null;
  const url = URL.parse(wish, origin);
  if (url?.origin !== origin || url.pathname.startsWith("//")) return null;
  return url.pathname + url.search + url.hash;
}
