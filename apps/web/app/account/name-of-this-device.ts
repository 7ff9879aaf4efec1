const kinds: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android phone"],
  [/CrOS/, "Chromebook"],
  [/Mac OS X/, "Mac"],
  [/Windows/, "Windows computer"],
  [/Linux/, "Linux computer"],
];

/** What its owner may call it, and hasn't called another one. */
export function nameOfThisDevice(userAgent: string, taken: readonly string[]): string {
  const kind = kinds.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "My device";
  const isFree = (name: string) => !taken.includes(name);
  if (isFree(kind)) return kind;
  const numbered = taken.map((_, index) => `${kind} ${index + 2}`);
  return numbered.find(isFree) ?? kind;
}
