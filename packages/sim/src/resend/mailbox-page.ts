import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Email } from "./mailbox.ts";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Page = { emails: Email[]; open: Email | null; nonce: string };

/** All mails beside the one that is open. */
export function mailboxPage({ emails, open, nonce }: Page): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${open ? `${open.subject} · ` : ""}Development mailbox</title>
<link rel="icon" href="${icon}">
<style nonce="${nonce}">${raw(style)}</style>
</head>
<body class="${open ? "reading" : ""}">
<header>
<h1><a href="/mailbox">Development mailbox</a></h1>
<p>No mail leaves this machine: what would have been sent is kept here, until the stand-in stops.</p>
</header>
<nav aria-label="Mails, newest first">
${emails.length === 0 ? html`<p class="hint">No mail yet. It shows up here by itself.</p>` : list(emails, open)}
</nav>
<main>${open ? mail(open) : html`<p class="hint">Choose a mail to read it.</p>`}</main>
<script nonce="${nonce}">${raw(keepUpToDate)}</script>
</body>
</html>`;
}

const list = (emails: Email[], open: Email | null): Html =>
  html`<ol>${emails.map(
    (email) => html`<li><a href="/mailbox/${email.id}" ${email === open ? raw('aria-current="page"') : ""}>
<strong>${email.subject}</strong>
<span>${email.to.join(", ")}</span>
${time(email.createdAt)}
</a></li>`,
  )}</ol>`;

const mail = (email: Email): Html => html`<article>
<a class="back" href="/mailbox">← All mails</a>
<h2>${email.subject}</h2>
<dl>
<dt>From</dt><dd>${email.from}</dd>
<dt>To</dt><dd>${email.to.join(", ")}</dd>
<dt>At</dt><dd>${time(email.createdAt)}</dd>
</dl>
<div class="parts">
${email.html === null ? "" : htmlPart(email)}
${email.text === null ? "" : html`<section><h3>Text</h3><pre tabindex="0">${withLinks(email.text)}</pre></section>`}
</div>
</article>`;

const htmlPart = ({ id, subject }: Email): Html => html`<section>
<h3>HTML</h3>
<iframe title="${subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mailbox/${id}/html"></iframe>
</section>`;

/** Every second piece is an address. */
const withLinks = (text: string) =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, index) =>
      index % 2 === 0
        ? piece
        : html`<a href="${piece}" target="_blank" rel="noopener noreferrer">${piece}</a>`,
    );

const time = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 19).replace("T", " ")} UTC</time>`;

/** The list only: whoever reads a mail is not disturbed. */
const keepUpToDate = `
setInterval(async () => {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("nav");
  const shown = document.querySelector("nav");
  if (fresh.textContent !== shown.textContent) shown.replaceWith(document.adoptNode(fresh));
}, 2000);
`;

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 3h14v10H1z' fill='%23ee5a37'/%3E%3Cpath d='m1 4 7 5 7-5' fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";

const style = `
:root {
  color-scheme: light dark;
  --background: light-dark(#f8f7f5, #121110);
  --surface: light-dark(#fff, #191817);
  --sunken: light-dark(#f1efec, #0d0c0b);
  --line: light-dark(#e4e1dd, #302d2b);
  --text: light-dark(#1c1a18, #efedea);
  --muted: light-dark(#655f59, #a8a29c);
  --accent: light-dark(#ee5a37, #ff7a5a);
  --info: light-dark(#1d5fb8, #73b4ff);
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh; display: grid; grid-template: auto 1fr / minmax(260px, 340px) 1fr;
  background: var(--background); color: var(--text);
  font: 14px/1.5 ui-sans-serif, system-ui, sans-serif;
}
a { color: var(--info); }
:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; border-radius: 6px; }
header { grid-column: 1 / -1; padding: 16px 24px; border-bottom: 1px solid var(--line); background: var(--surface); }
h1 { font-size: 16px; font-weight: 600; }
h1::before {
  content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 10px;
  border-radius: 3px; background: var(--accent);
}
h1 a { color: inherit; text-decoration: none; }
header p, .hint, dt, nav span, nav time, h3 { color: var(--muted); }
.hint { padding: 24px; }
nav { border-right: 1px solid var(--line); background: var(--surface); }
ol { list-style: none; padding: 0; }
nav a {
  display: grid; gap: 2px; padding: 12px 24px; color: inherit; text-decoration: none;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
}
nav a:hover { background: var(--sunken); }
nav a[aria-current] { background: var(--sunken); box-shadow: inset 3px 0 var(--accent); }
nav strong { font-weight: 600; }
time { font-variant-numeric: tabular-nums; }
main { min-width: 0; }
article { padding: 24px; display: grid; gap: 16px; }
h2 { font-size: 20px; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
h3 { font-size: 13px; font-weight: 500; margin-bottom: 6px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; overflow-wrap: anywhere; }
.parts { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
section { min-width: 0; }
iframe, pre {
  width: 100%; height: 68vh; min-height: 360px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 10px;
}
pre {
  padding: 20px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.6 ui-monospace, SFMono-Regular, monospace;
}
.back { display: none; }
@media (max-width: 760px) {
  body { display: block; }
  nav { border-right: 0; }
  .reading nav, body:not(.reading) main { display: none; }
  .back { display: inline-block; padding: 8px 0; }
  header, nav a, article { padding-left: 16px; padding-right: 16px; }
}
`;
