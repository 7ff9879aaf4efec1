import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { AssistantText } from "./assistant-text.tsx";

const shown = (text: string) => renderToStaticMarkup(<AssistantText text={text} />);
const asWritten = (text: string) => renderToStaticMarkup(<p className="whitespace-pre-wrap">{text}</p>);

const table = (columns: number, rows: number) =>
  [`${"|a".repeat(columns)}|`, `${"|-".repeat(columns)}|`, "b\n".repeat(rows)].join("\n");

describe("what an assistant says", () => {
  test("is laid out, though it is long and has a bit of everything", () => {
    const sections = Array.from(
      { length: 20 },
      (_, index) =>
        `## Part ${index}\n\nSome **bold** words, \`code\` and [a link](https://example.org).\n\n- one\n  - two\n    - three\n\n> quoted\n\n\`\`\`\n${" ".repeat(40)}indented_code()\n----------\n\`\`\`\n\n${table(3, 4)}`,
    );
    const html = shown(sections.join("\n"));
    expect(html.match(/<h3 /g)).toHaveLength(20);
    expect(html.match(/<table /g)).toHaveLength(20);
    expect(html).toContain(`<code class="font-mono text-[0.92em]">${" ".repeat(40)}indented_code()`);
  });

  // Each took seconds, or ended at an error page instead of the assistant's controls.
  const floods = {
    "lists in each other on a line": `${"- ".repeat(300)}a`,
    "numbered lists in each other on a line": `${"1. ".repeat(300)}a`,
    "ten thousand lists in each other": `${"- ".repeat(10_000)}a`,
    "lists in each other by their indentation": Array.from(
      { length: 150 },
      (_, depth) => `${"\t".repeat(depth)}- a`,
    ).join("\n"),
    "quotes in each other": `${">".repeat(1000)}a`,
    "short rows of a wide table": table(200, 10_000),
    "fewer short rows of a table": table(60, 700),
    "emphasis within emphasis": "*a _b ".repeat(1300) + "c_ d* ".repeat(1300),
    "less emphasis within emphasis": "*a _b ".repeat(240) + "c_ d* ".repeat(240),
    "pictures in pictures": "![".repeat(2600) + "](a)".repeat(2600),
    "underlined lines": "a\n=\n".repeat(4000),
    "many lines in a deep list": `${"- ".repeat(59)}a\n${"a\n".repeat(7500)}`,
    "two hundred thousand characters": "Hello *world*.\n\n".repeat(12_500),
  };
  test.each(Object.entries(floods))("is shown as it was written: %s", (_, text) => {
    expect(shown(text)).toBe(asWritten(text));
  });
});
