/** Keeps the place of a line of text that is on its way. */
export function Skeleton({ className = "h-4 w-40" }: { className?: string }) {
  return <span aria-hidden className={`block animate-breathe rounded-sm bg-line ${className}`} />;
}
