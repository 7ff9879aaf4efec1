/**
 * Goes through a provider's pages like a person with a browser: follows redirects with the cookies that it is given, and presses the
 * button of the form that names `who`. Returns the address below `redirectUri` that the browser is sent to in the end.
 */
export async function visitProvider(start: string, redirectUri: string, who: string): Promise<URL> {
  const jar = new Map<string, string>();
  let next: { url: URL; form: URLSearchParams | null } = { url: new URL(start), form: null };
  for (let steps = 0; steps < 20; steps++) {
    const { url, form } = next;
    if (url.origin + url.pathname === redirectUri) return url;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form,
      headers: { cookie },
      redirect: "manual",
    });
    for (const [name, value] of response.headers.getSetCookie().map(nameAndValue)) jar.set(name, value);
    const location = response.headers.get("location");
    next = location
      ? { url: new URL(location, url), form: null }
      : formNaming(who, await response.text(), url, response.status);
  }
  throw new Error("the provider doesn't lead back");
}

function nameAndValue(cookie: string): [string, string] {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
  return [name, value];
}

function formNaming(who: string, page: string, base: URL, status: number) {
  for (const [, attributes = "", content = ""] of page.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const form = new URLSearchParams();
    for (const [input] of content.matchAll(/<input[^>]*>/g))
      form.append(attributeOf(input, "name"), attributeOf(input, "value"));
    if ([...form.values()].includes(who))
      return { url: new URL(attributeOf(attributes, "action"), base), form };
  }
  throw new Error(`the provider's page (${status}) has no button for ${who}: ${page.slice(0, 500)}`);
}

function attributeOf(tag: string, name: string): string {
  const [, value = ""] = new RegExp(`\\b${name}="([^"]*)"`).exec(tag) ?? [];
  return value
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}
