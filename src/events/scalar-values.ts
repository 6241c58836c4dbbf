/** All strings, numbers and booleans inside a JSON value, as text, names left out. */
export function scalarValues(value: unknown): string[] {
  const texts: string[] = [];
  collect(value, texts);
  return texts;
}

function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, texts);
  else if (typeof value === 'object' && value !== null) for (const name in value) collect((value as Record<string, unknown>)[name], texts);
}
