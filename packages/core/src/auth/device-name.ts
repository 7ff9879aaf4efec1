import bowser from "bowser";

/** What a person calls the browser or program of a user agent, for example "Firefox on Linux"; null when it says nothing. */
export function deviceName(userAgent: string): string | null {
  if (userAgent === "") return null;
  const { browser, os } = bowser.parse(userAgent);
  const program = browser.name || plain(userAgent.split(/[/ ]/)[0] ?? "");
  return os.name ? `${program} on ${os.name}` : program || null;
}

const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, "").slice(0, 40);
