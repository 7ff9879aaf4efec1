export type Strength = {
  /** 0: refused … 3: strong. */
  level: 0 | 1 | 2 | 3;
  /** Why, and what would help. */
  reason: string;
};

const minLength = 10;
const common = [
  "password",
  "passwort",
  "qwerty",
  "letmein",
  "welcome",
  "iloveyou",
  "dragon",
  "monkey",
  "football",
  "baseball",
  "sunshine",
  "princess",
  "admin",
  "abc123",
  "openclaw",
];
const runs = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** A rough guess at how long a guesser needs. The password itself goes nowhere. */
export function passwordStrength(password: string, email: string): Strength {
  const characters = [...password];
  if (characters.length < minLength)
    return {
      level: 0,
      reason: `At least ${minLength} characters: a few unrelated words are easy to remember.`,
    };
  const lower = password.toLowerCase();
  const own = email
    .toLowerCase()
    .split(/[@.+_-]/)
    .filter((part) => part.length >= 4);
  const found = [...common, ...own].find((word) => lower.includes(word));
  const bits = guessBits(withoutRuns(lower.replaceAll(found ?? " ", "")), password);
  if (found && bits < 40) return { level: 0, reason: `“${found}” is among the first things that are tried.` };
  if (bits < 40) return { level: 0, reason: "Too many repeated or neighbouring characters." };
  if (bits < 55) return { level: 1, reason: "Good enough. One more word makes it strong." };
  if (bits < 75) return { level: 2, reason: "Strong." };
  return { level: 3, reason: "Very strong." };
}

/** Runs of a keyboard or alphabet row count as two characters. */
function withoutRuns(text: string): string {
  const pattern = runs.flatMap((run) => [run, [...run].reverse().join("")]);
  let rest = text;
  for (const row of pattern) {
    for (let length = row.length; length >= 4; length--) {
      for (let at = 0; at + length <= row.length; at++) {
        const run = row.slice(at, at + length);
        rest = rest.replaceAll(run, run.slice(0, 2));
      }
    }
  }
  return rest.replace(/(.)\1{2,}/gu, "$1$1");
}

function guessBits(reduced: string, password: string): number {
  const kinds: Array<[RegExp, number]> = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[ -/:-@[-`{-~]/, 33],
    [/[\u0080-\u{10ffff}]/u, 100],
  ];
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  const characters = [...reduced];
  // Letters of words are far from random: repeats of a character tell almost nothing.
  const effective = new Set(characters).size + (characters.length - new Set(characters).size) * 0.6;
  return effective * Math.log2(Math.max(alphabet, 2)) * 0.8;
}
