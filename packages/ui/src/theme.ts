export type Theme = "light" | "dark" | "system";

const cookieName = "theme";

export function readTheme(cookies: string): Theme {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=(light|dark)(?:;|$)`).exec(cookies)?.[1];
  return value === "light" || value === "dark" ? value : "system";
}

/** Shows the theme at once and keeps it for a year. */
export function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${cookieName}=${theme}; path=/; max-age=${theme === "system" ? 0 : 31_536_000}; samesite=lax`;
}
