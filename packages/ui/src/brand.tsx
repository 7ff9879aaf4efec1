/** The mark: a claw that lifts off. */
export function BrandMark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <rect width="24" height="24" rx="7" fill="var(--color-accent)" />
      <path
        d="M7.2 17.2c-1.6-4.4.1-8.9 4.4-11 -.7 2-.5 3.6.4 5 .9-1.4 1.1-3 .4-5 4.300 2.100 6 6.600 4.400 11"
        stroke="var(--color-on-accent)"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
