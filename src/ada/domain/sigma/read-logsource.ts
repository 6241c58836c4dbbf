import { isFields } from './rule-header.js';
import { SigmaError } from './sigma-error.js';
import type { Logsource } from './sigma-rule.js';

/** Reads where a rule's events come from. @throws SigmaError */
export function readLogsource(logsource: unknown): Logsource {
  if (!isFields(logsource)) throw new SigmaError('logsource is missing');
  const read: Record<string, string> = {};
  for (const name of ['product', 'category', 'service']) {
    const value = logsource[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value === '') throw new SigmaError(`logsource: ${name} is not text`);
    read[name] = value.toLowerCase();
  }
  if (Object.keys(read).length === 0) throw new SigmaError('logsource names neither product, category nor service');
  return read;
}
