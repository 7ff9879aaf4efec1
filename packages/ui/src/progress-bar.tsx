/** A thin line at the top edge while the next page is on its way. */
export function ProgressBar({ active }: { active: boolean }) {
  if (!active) return null;
  return (
    <div role="status" className="fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden">
      <div
        role="progressbar"
        aria-label="Loading the page"
        className="h-full w-full origin-left animate-breathe bg-accent [animation-delay:100ms]"
      />
    </div>
  );
}
