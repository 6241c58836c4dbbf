/** A month as the tables have it: `2026-11` is 202611. */
export function toMonthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 100 + Number(month.slice(5));
}

/** The month of such a number. */
export function fromMonthNumber(number: number): string {
  return `${String(Math.floor(number / 100)).padStart(4, '0')}-${String(number % 100).padStart(2, '0')}`;
}
