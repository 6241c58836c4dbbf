import { type Fields, isFields } from '../fields.js';
import { SigmaError, readPart } from '../sigma-error.js';

const MAX_DEPTH = 32;

/** How much more may be written, in characters; what has no length counts as one. */
export interface TextBudget {
  left: number;
}

/**
 * The JSON text of an event that a YAML document holds. Aliases make it larger than the document, or endless, so that its size is taken from a
 * budget before it is written. @throws SigmaError with the place of what is too large or too deep
 */
export function eventText(event: Fields, budget: TextBudget): string {
  charge(event, budget, 0);
  return JSON.stringify(event, (_name, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

function charge(value: unknown, budget: TextBudget, depth: number): void {
  if (depth > MAX_DEPTH) throw new SigmaError(`an event is nested deeper than ${MAX_DEPTH} levels`);
  budget.left -= typeof value === 'string' ? value.length + 1 : 1;
  if (budget.left < 0) throw new SigmaError('the events of a rule are too large in all');
  if (Array.isArray(value)) {
    for (const [index, member] of (value as unknown[]).entries()) readPart([index], '', () => charge(member, budget, depth + 1));
  } else if (isFields(value)) {
    for (const [name, member] of Object.entries(value)) {
      budget.left -= name.length;
      readPart([name], '', () => charge(member, budget, depth + 1));
    }
  }
}
