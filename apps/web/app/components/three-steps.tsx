const steps = [
  ["Who", "A name, and how it should behave."],
  ["Brain", "The model that thinks for it."],
  ["Where", "Your browser; Telegram and Discord if you like."],
] as const;

export function ThreeSteps() {
  return (
    <ol className="grid w-full gap-3 text-left sm:grid-cols-3">
      {steps.map(([title, text], index) => (
        <li key={title} className="flex gap-3 rounded-md border border-line bg-surface p-4">
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full border border-control text-xs font-semibold text-muted"
          >
            {index + 1}
          </span>
          <div>
            <p className="font-semibold">{title}</p>
            <p className="text-muted">{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
