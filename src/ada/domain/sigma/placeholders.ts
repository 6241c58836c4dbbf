import { SigmaError } from './sigma-error.js';

/** Values of placeholders such as `%Administrators%`, by name without the percent signs. */
export interface PlaceholderValues {
  get(name: string): readonly string[] | undefined;
}

/** A percent sign after a backslash is plain. */
const PLACEHOLDER = /(?<!\\)%([A-Za-z0-9_.-]+)%/;
const MAX_TEXTS = 10_000;
const MAX_PLACEHOLDERS = 16;

/**
 * Puts values in the place of the placeholders of a text, 16 at most; several values give several texts. `\%` stands for a percent sign.
 * @throws SigmaError when a placeholder has no value.
 */
export function expandPlaceholders(text: string, values: PlaceholderValues, left = MAX_PLACEHOLDERS): string[] {
  const match = PLACEHOLDER.exec(text);
  if (match === null) return [withoutEscapes(text)];
  if (left === 0) throw new SigmaError(`a value has more than ${MAX_PLACEHOLDERS} placeholders`);
  const [whole, name = ''] = match;
  const known = values.get(name);
  if (known === undefined || known.length === 0) throw new SigmaError(`placeholder %${name}% has no values`);
  const before = withoutEscapes(text.slice(0, match.index));
  const after = expandPlaceholders(text.slice(match.index + whole.length), values, left - 1);
  if (known.length * after.length > MAX_TEXTS) throw new SigmaError(`placeholders give more than ${MAX_TEXTS} values`);
  return known.flatMap((value) => after.map((rest) => before + value + rest));
}

function withoutEscapes(text: string): string {
  return text.replaceAll('\\%', '%');
}

/** Bounds how many values placeholders give in all that is read with it, over rules and tenants. */
export class ExpansionBudget {
  private left: number;

  constructor(private readonly values: number) {
    this.left = values;
  }

  /** @throws SigmaError beyond the bound */
  spend(values: number): void {
    if (values > this.left) throw new SigmaError(`placeholders give more than ${this.values} values in all`);
    this.left -= values;
  }
}
