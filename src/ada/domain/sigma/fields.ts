/** What a YAML mapping holds. */
export type Fields = Readonly<Record<string, unknown>>;

/** Tells a mapping from a list and from a single value. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells whether a member says something; null says nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
