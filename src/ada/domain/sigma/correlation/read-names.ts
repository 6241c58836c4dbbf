import { SigmaError } from '../sigma-error.js';

const MAX_NAME = 256;

/** A list of names, or one, each once; none where it is left out. @throws SigmaError */
export function readNames(member: string, value: unknown, most: number): readonly string[] {
  if (value === undefined || value === null) return [];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > most) throw new SigmaError(`${member} has more than ${most} entries`);
  const read = names.map((name) => {
    if (typeof name !== 'string' || name.trim() === '') throw new SigmaError(`${member}: an entry is not text`);
    if (name.length > MAX_NAME) throw new SigmaError(`${member}: an entry is longer than ${MAX_NAME} characters`);
    return name.trim();
  });
  const twice = read.find((name, at) => read.indexOf(name) !== at);
  if (twice !== undefined) throw new SigmaError(`${member} names "${twice}" twice`);
  return read;
}
