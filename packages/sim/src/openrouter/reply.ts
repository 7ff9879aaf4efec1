// What the stand-in answers: friendly, short, the same for the same words, and open about what it is.
import { type Message, personsWords, textOf } from "./conversation.ts";

const advice = "set OPENROUTER_MANAGEMENT_KEY to talk to a real one";
const aside = (text: string) => `${text} (I'm only the practice model; ${advice}.)`;

/** The answer to the last thing that the person said. */
export function reply(messages: readonly Message[]): string {
  const words = personsWords(messages);
  const last = words.at(-1) ?? "";
  if (asksForTitle(messages)) return titleOf(last);
  return (
    exact(last) ??
    sum(last) ??
    recalled(last, words) ??
    introduction(last) ??
    courtesy(last) ??
    aside(
      last
        ? `You said: “${shortened(last)}”. I understood the words, but I can't think about them.`
        : "I'm listening.",
    )
  );
}

function exact(text: string): string | null {
  return text.match(/\bsay exactly:[ \t]*(.+)/i)?.[1]?.trim() ?? null;
}

const operations: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "−": (a, b) => a - b,
  "×": (a, b) => a * b,
  "÷": (a, b) => a / b,
};
const signs: Record<string, string> = {
  "-": "−",
  minus: "−",
  plus: "+",
  "*": "×",
  x: "×",
  times: "×",
  "/": "÷",
  "divided by": "÷",
};

function sum(text: string): string | null {
  const found = text.match(
    /(?<![\w.-])(-?\d+(?:\.\d+)?)\s*(\+|-|−|\*|×|x|\/|÷|plus|minus|times|divided by)\s*(-?\d+(?:\.\d+)?)(?![\d-])/i,
  );
  if (!found) return null;
  const [, left = "", operator = "", right = ""] = found;
  const sign = signs[operator.toLowerCase()] ?? operator;
  const result = operations[sign]?.(Number(left), Number(right));
  if (result === undefined) return null;
  if (!Number.isFinite(result)) return aside("Nothing can be divided by zero.");
  return aside(`${left} ${sign} ${right} = ${Number(result.toPrecision(12))}.`);
}

const givenName = /\bmy name is\s+([\p{L}'-]+)/iu;

/** A name that was given earlier in the same conversation: shows which conversations are one, and which are apart. */
function recalled(text: string, words: readonly string[]): string | null {
  const given = text.match(givenName)?.[1];
  if (given) return aside(`Nice to meet you, ${given}.`);
  if (!/\bwhat(?:'s| is|’s) my name\b/i.test(text)) return null;
  const known = words.findLast((said) => givenName.test(said))?.match(givenName)?.[1];
  return aside(known ? `Your name is ${known}.` : "You haven't told me your name yet.");
}

function introduction(text: string): string | null {
  if (!/\b(introduce yourself|who are you|what are you|your name|what can you do|help)\b/i.test(text))
    return null;
  return `Hello! I'm the practice model that stands in for a real one: I can greet, add numbers and repeat what you say. To give your assistant a mind, ${advice}.`;
}

function courtesy(text: string): string | null {
  if (/^(hi|hello|hey|good (morning|afternoon|evening)|greetings|hallo|bonjour|hola)\b/i.test(text))
    return aside("Hello! Good to hear from you.");
  if (/\b(thanks|thank you)\b/i.test(text)) return aside("You're welcome!");
  if (/^(bye|goodbye|see you)\b/i.test(text)) return aside("Goodbye, and come back soon!");
  if (/^ping\b/i.test(text)) return aside("Pong.");
  return null;
}

/** Chat programs ask in the background for a name of the conversation; an aside would become part of it. */
const asksForTitle = (messages: readonly Message[]) =>
  messages.some(
    (given) =>
      ["system", "developer"].includes(given.role) &&
      /^Generate a (concise|short)\b.{0,40}\btitle\b/.test(textOf(given)),
  );

const titleOf = (text: string) => text.split(/\s+/).slice(0, 6).join(" ") || "New conversation";

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
