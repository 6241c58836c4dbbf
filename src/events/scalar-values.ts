/** All strings, numbers and booleans inside a JSON value, as text, names left out. */
export function* scalarValues(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number' || typeof value === 'boolean') yield String(value);
  else if (Array.isArray(value)) for (const item of value) yield* scalarValues(item);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* scalarValues(item);
}
