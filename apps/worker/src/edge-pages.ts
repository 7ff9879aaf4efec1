import { createHash } from "node:crypto";

/** Exchanges the ticket behind the `#`, which no server and no log ever sees, and goes on with the gateway token, likewise. */
const script = `
const say = (text) => { document.querySelector("p").textContent = text; };
const ticket = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
fetch(location.pathname, { method: "POST", body: ticket })
  .then(async (answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    location.replace("/#token=" + encodeURIComponent(await answer.text()));
  })
  .catch(() => say("This link was used already or is too old. Press Open in the dashboard again."));
`;
const style = `
:root { color-scheme: light dark; }
body { display: grid; min-height: 100dvh; margin: 0; place-items: center; font: 16px/1.5 system-ui, sans-serif; }
p { max-width: 36rem; padding: 1.5rem; text-align: center; }
`;
const sourceOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; script-src ${sourceOf(script)}; style-src ${sourceOf(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

const page = (text: string, more = "") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Your assistant</title><style>${style}</style></head><body><main><p role="status">${text}</p></main>${more}</body></html>`;

export const entryPage = page("Opening your assistant…", `<script>${script}</script>`);
export const closedPage = page(
  "You have no access to this page, or not any more. Press Open on the page of your assistant in the dashboard.",
);
