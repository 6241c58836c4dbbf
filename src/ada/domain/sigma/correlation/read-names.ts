import { isGiven } from '../fields.js';
import { SigmaError } from '../sigma-error.js';

const MAX_NAME = 256;

/** A list of names, or one, each once; none where it is left out. @throws SigmaError with the place, in the list, of what is wrong */
export function readNames(member: string, value: unknown, most: number): readonly string[] {
  if (!isGiven(value)) return [];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > most) throw new SigmaError(`${member} has more than ${most} entries`);
  const read = names.map((name, at) => {
    if (typeof name !== 'string' || name.trim() === '') throw new SigmaError(`${member}: an entry is not text`, [at]);
    if (name.length > MAX_NAME) throw new SigmaError(`${member}: an entry is longer than ${MAX_NAME} characters`, [at]);
    return name.trim();
  });
  const twice = read.findIndex((name, at) => read.indexOf(name) !== at);
  if (twice >= 0) throw new SigmaError(`${member} names "${read[twice]}" twice`, [twice]);
  return read;
}
