const HOUR = 3_600_000;

/** Share of the people who are at work in each hour of the day, UTC; the dip at noon is lunch. */
const PRESENCE = [0, 0, 0, 0, 0, 0, 0.05, 0.3, 0.8, 1, 1, 0.95, 0.45, 0.85, 1, 0.95, 0.8, 0.45, 0.15, 0.06, 0.03, 0.02, 0, 0];
/** What machines do by themselves, as a share of the load at full presence. */
const IDLE = 0.16;

/** Share of the people who are at work at a time of day, from 0 to 1; between full hours it changes steadily. */
export function presence(timeOfDay: number): number {
  const hour = Math.floor(timeOfDay / HOUR) % 24;
  const from = PRESENCE[hour] ?? 0;
  const to = PRESENCE[(hour + 1) % 24] ?? 0;
  return from + (to - from) * ((timeOfDay % HOUR) / HOUR);
}

/** How busy the whole company is at a time of day: people and machines. */
export function load(timeOfDay: number): number {
  return IDLE + (1 - IDLE) * presence(timeOfDay);
}
