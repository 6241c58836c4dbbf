import { isFields, isGiven } from './fields.js';
import { SigmaError } from './sigma-error.js';
import type { Logsource } from './sigma-rule.js';

/** Reads where a rule's events come from. @throws SigmaError with the place of what is wrong */
export function readLogsource(logsource: unknown): Logsource {
  if (!isFields(logsource)) throw new SigmaError('logsource is missing', ['logsource']);
  const read: Record<string, string> = {};
  for (const name of ['product', 'category', 'service']) {
    const value = logsource[name];
    if (!isGiven(value)) continue;
    if (typeof value !== 'string' || value === '') throw new SigmaError(`logsource: ${name} is not text`, ['logsource', name]);
    read[name] = value.toLowerCase();
  }
  if (Object.keys(read).length === 0) throw new SigmaError('logsource names neither product, category nor service', ['logsource']);
  return read;
}
