import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

const components: Components = {
  a: ({ href, children }) => (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="underline underline-offset-4"
    >
      {children}
    </a>
  ),
  // A picture from elsewhere would tell its server what the assistant was made to write: it stays a link.
  img: ({ src, alt }) => (
    <a
      href={typeof src === "string" ? src : undefined}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="underline underline-offset-4"
    >
      {alt || "Picture"}
    </a>
  ),
  p: ({ children }) => <p className="my-2 first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children }) => <ul className="my-2 list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal pl-5">{children}</ol>,
  h1: ({ children }) => <h3 className="mt-3 mb-1 font-semibold first:mt-0">{children}</h3>,
  h2: ({ children }) => <h3 className="mt-3 mb-1 font-semibold first:mt-0">{children}</h3>,
  h3: ({ children }) => <h3 className="mt-3 mb-1 font-semibold first:mt-0">{children}</h3>,
  blockquote: ({ children }) => (
    <blockquote className="my-2 border-l-2 border-line pl-3 text-muted">{children}</blockquote>
  ),
  // A scrolling region must be reachable by keyboard.
  pre: ({ children }) => (
    <pre
      tabIndex={0}
      className="my-2 overflow-x-auto rounded-sm bg-sunken p-3 font-mono text-[13px] leading-5"
    >
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="font-mono text-[0.92em]">{children}</code>,
  table: ({ children }) => (
    // A scrolling region must be reachable by keyboard.
    <div tabIndex={0} className="my-2 overflow-x-auto">
      <table className="border-collapse [&_td]:border [&_td]:border-line [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:border-line [&_th]:px-2 [&_th]:py-1">
        {children}
      </table>
    </div>
  ),
};

/** Few answers are longer. What laying them out costs grows with the square of the marks and lines that could be markup. */
const longest = 16_000;
const mostMarks = 1000;
const mark = /[*_~`[\]|<>\n]|(?:[-+]|\d[.)]) /g;
/** Lists and quotes that begin within each other, or as much space as they would be indented by. */
const tooDeep = /^(?:[ >]|[-+*] |\d{1,9}[.)] ){60}/m;
const mostNodes = 5000;
const deepest = 120;

/** Whether it can be laid out while somebody waits: an assistant may be made to write anything. */
function isModest(text: string): boolean {
  if (text.length > longest || tooDeep.test(text.replaceAll("\t", "    "))) return false;
  return (text.match(mark)?.length ?? 0) <= mostMarks;
}

type Node = { type: string; align?: unknown[] | null; children?: Node[] };

/** Fails where the page would become larger than its text: each row of a table gets as many cells as the widest. */
const bounded = () => (tree: Node) => {
  let count = 0;
  const visit = ({ type, align, children = [] }: Node, depth: number) => {
    count += type === "table" ? children.length * (align?.length ?? 0) : 1;
    if (count > mostNodes || depth > deepest) throw new RangeError("more than is shown as Markdown");
    for (const child of children) visit(child, depth + 1);
  };
  visit(tree, 0);
};

/** Markdown of an assistant; what would be too much of it is shown as it was written. HTML in it is shown, never obeyed. */
export const AssistantText = memo(({ text }: { text: string }) => {
  if (isModest(text)) {
    try {
      return Markdown({ remarkPlugins: [remarkGfm, bounded], components, children: text });
    } catch {
      // As it was written, then.
    }
  }
  return <p className="whitespace-pre-wrap">{text}</p>;
});
