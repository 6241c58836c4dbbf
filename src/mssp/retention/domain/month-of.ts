/** The month of a time (milliseconds since the epoch) in UTC, `2026-11`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}
