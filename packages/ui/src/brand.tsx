/** The mark: three claws, rising. */
export function BrandMark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" className="shrink-0">
      <rect width="24" height="24" rx="7" fill="var(--color-accent)" />
      <path
        d="M6 17.5C6.2 13 7 9.5 9.5 6M11 18.5c.1-4.8.8-8 3-11.5M16 17.5c.1-3 .6-5.5 2-8"
        stroke="var(--color-on-accent)"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  );
}
