// Money is counted in whole nanodollars, so that many small sums add up exactly.

export type Nanodollars = number;

export const toNanodollars = (dollars: number): Nanodollars => Math.round(dollars * 1e9);
export const toDollars = (amount: Nanodollars): number => amount / 1e9;

export const windows = ["daily", "weekly", "monthly"] as const;
export type Window = (typeof windows)[number];

/** The first day of the window that the moment lies in: UTC, weeks from Monday to Sunday. */
export function windowStart(window: Window, moment: Date): string {
  const daysBack = { daily: 0, weekly: (moment.getUTCDay() + 6) % 7, monthly: moment.getUTCDate() - 1 }[
    window
  ];
  const start = new Date(
    Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate() - daysBack),
  );
  return start.toISOString().slice(0, 10);
}
