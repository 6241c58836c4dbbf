import { compileOperatorPattern } from '../../../src/ada/adapters/linear-pattern.js';
import { readLogsources } from '../../../src/ada/adapters/logsource-files.js';
import { parseRule } from '../../../src/ada/domain/sigma/parse-rule.js';
import { SigmaEngine } from '../../../src/ada/domain/sigma/sigma-engine.js';
import type { SigmaRule } from '../../../src/ada/domain/sigma/sigma-rule.js';
import type { EventOrigin, SecurityEvent } from '../../../src/contracts/security-event.js';

type Fields = Readonly<Record<string, unknown>>;

const LOGSOURCES = readLogsources();
const PLACEHOLDERS = new Map([
  ['Admins', ['root', 'adm*']],
  ['Nets', ['10.0.0.0/8', '2001:db8::/32']],
]);

/** An event that has these fields and no others. */
export function toEvent(fields: Fields, origin: EventOrigin = { key: 'acme', product: 'acme' }): SecurityEvent {
  const texts = Object.values(fields)
    .flat()
    .filter((value) => value !== null && value !== undefined)
    .map(String);
  return {
    index: 0,
    format: 'generic',
    origin,
    time: 0,
    timeAssumed: false,
    field: (name) => fields[name],
    values: () => texts,
    normalized: { time: '1970-01-01T00:00:00.000Z', format: 'generic' },
    entities: [],
  };
}

/** A rule with this detection; `rest` goes over what else it says. */
export function toRule(detection: Fields, rest: Fields = {}): SigmaRule {
  const document = { title: 'A rule', id: 'r', logsource: { product: 'acme' }, level: 'high', detection, ...rest };
  return parseRule(document, { compilePattern: compileOperatorPattern, placeholders: PLACEHOLDERS, logsources: LOGSOURCES });
}

/** Tells whether a detection holds in an event with these fields. */
export function matches(detection: Fields, fields: Fields): boolean {
  return new SigmaEngine([toRule(detection)]).match(toEvent(fields)).length === 1;
}

/** Tells whether one item, `key: value`, holds in an event with these fields. */
export function holds(key: string, value: unknown, fields: Fields): boolean {
  return matches({ selection: { [key]: value }, condition: 'selection' }, fields);
}
