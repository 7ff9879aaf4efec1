const steps = [
  ["Who", "A name, and how it should behave."],
  ["Brain", "The model that thinks for it."],
  ["Where", "Your browser; Telegram and Discord if you like."],
] as const;

export function ThreeSteps() {
  return (
    <ol className="grid w-full gap-3 text-left sm:grid-cols-3">
      {steps.map(([title, text], index) => (
        <li key={title} className="rounded-md border border-line bg-surface p-4">
          <span aria-hidden className="font-mono text-muted">
            {index + 1}
          </span>
          <p className="mt-2 font-semibold">{title}</p>
          <p className="text-muted">{text}</p>
        </li>
      ))}
    </ol>
  );
}
