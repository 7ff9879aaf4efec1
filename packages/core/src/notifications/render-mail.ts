import { render } from "@react-email/render";
import { createElement as h, type ReactElement } from "react";
import type { Mail } from "../ports.ts";
import { type MailContent, oneLine } from "./rules.ts";

const brand = "OpenClaw Launch";

/** The one layout of all mails, as HTML and as text. The same content gives the same bytes. */
export async function renderMail(content: MailContent): Promise<Pick<Mail, "subject" | "html" | "text">> {
  return {
    subject: oneLine(content.subject),
    html: await render(layout(content)),
    text: plainText(content),
  };
}

function plainText({ heading, paragraphs, facts, button, otherwise, reason }: MailContent): string {
  const parts = [
    brand,
    heading,
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([label, value]) => `${label}: ${value}`).join("\n")] : []),
    `${button.label}:\n${button.url}`,
    otherwise,
    `-- \n${reason}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** For programs that know the preference; the others show the light colours. */
const darkStyle = `@media (prefers-color-scheme: dark) {
  body, .page { background-color: #121110 !important; }
  .card { background-color: #191817 !important; border-color: #302d2b !important; }
  .text { color: #efedea !important; }
  .muted { color: #a8a29c !important; }
  .line { border-color: #302d2b !important; }
  .button { background-color: #ff7a5a !important; }
  .link { color: #73b4ff !important; }
}`;

const font = "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif";
const text = { margin: "0 0 16px", color: "#1c1a18", fontSize: "16px", lineHeight: "1.5" } as const;
const small = { ...text, margin: "0", color: "#655f59", fontSize: "13px", overflowWrap: "anywhere" } as const;
const headingStyle = { ...text, fontSize: "22px", lineHeight: "1.3", fontWeight: 600 } as const;
const labelStyle = { ...small, padding: "3px 16px 3px 0", fontWeight: 400, whiteSpace: "nowrap" } as const;
const cardStyle = {
  padding: "32px 28px",
  backgroundColor: "#ffffff",
  border: "1px solid #e4e1dd",
  borderRadius: "10px",
} as const;
const buttonStyle = {
  display: "inline-block",
  padding: "12px 20px",
  borderRadius: "10px",
  backgroundColor: "#ee5a37",
  color: "#1f0903",
  fontSize: "16px",
  fontWeight: 600,
  textDecoration: "none",
} as const;
const tableAttributes = { cellPadding: 0, cellSpacing: 0, border: 0, style: { margin: "0 0 16px" } } as const;

function layout(content: MailContent): ReactElement {
  const mark = h("span", { style: { color: "#ee5a37" }, "aria-hidden": true }, "■ ");
  return h(
    "html",
    { lang: "en" },
    head(content),
    h(
      "body",
      { style: { margin: "0", padding: "0", backgroundColor: "#f8f7f5", fontFamily: font } },
      h(
        "div",
        { className: "page", style: { padding: "32px 16px", backgroundColor: "#f8f7f5" } },
        h(
          "div",
          { style: { maxWidth: "520px", margin: "0 auto" } },
          h("p", { className: "text", style: { ...text, fontSize: "14px", fontWeight: 600 } }, mark, brand),
          h("div", { className: "card", style: cardStyle }, ...card(content)),
          h("p", { className: "muted", style: { ...small, padding: "20px 4px 0" } }, content.reason),
        ),
      ),
    ),
  );
}

const head = ({ subject }: MailContent): ReactElement =>
  h(
    "head",
    null,
    h("meta", { httpEquiv: "Content-Type", content: "text/html; charset=utf-8" }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("meta", { name: "color-scheme", content: "light dark" }),
    h("meta", { name: "supported-color-schemes", content: "light dark" }),
    // Phones would make links of times and addresses.
    h("meta", { name: "format-detection", content: "telephone=no, date=no, address=no, email=no, url=no" }),
    h("title", null, oneLine(subject)),
    h("style", { dangerouslySetInnerHTML: { __html: darkStyle } }),
  );

const card = ({ heading, paragraphs, facts, button: { label, url }, otherwise }: MailContent) => [
  h("h1", { className: "text", style: headingStyle }, heading),
  ...paragraphs.map((words) => h("p", { className: "text", style: text }, words)),
  facts.length > 0 && h("table", tableAttributes, h("tbody", null, ...facts.map(factRow))),
  h(
    "p",
    { style: { margin: "24px 0" } },
    h("a", { className: "button", href: url, target: "_blank", style: buttonStyle }, label),
  ),
  h("p", { className: "text", style: text }, otherwise),
  h(
    "p",
    { className: "muted line", style: { ...small, paddingTop: "16px", borderTop: "1px solid #e4e1dd" } },
    "If the button does nothing, open this address: ",
    h("a", { className: "link", href: url, target: "_blank", style: { color: "#1d5fb8" } }, url),
  ),
];

const factRow = ([label, value]: [string, string]): ReactElement =>
  h(
    "tr",
    null,
    h("th", { scope: "row", align: "left", className: "muted", style: labelStyle }, label),
    h("td", { className: "text", style: { ...small, padding: "3px 0", color: "#1c1a18" } }, value),
  );
