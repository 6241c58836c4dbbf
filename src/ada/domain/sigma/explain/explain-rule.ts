import type { EventOrigin, SecurityEvent } from '../../../../contracts/security-event.js';
import { evidenceIn } from '../evidence.js';
import type { Expression, FieldReferenceExpression, ItemExpression } from '../expression.js';
import { acceptsOrigin } from '../logsource-routing.js';
import type { Searches } from '../parse-rule.js';
import type { SigmaRule } from '../sigma-rule.js';
import { textsOf } from '../value-tests.js';
import { describeTest } from './describe-test.js';
import type { Explanation, ItemExplanation, RuleExplanation } from './explanation.js';

const ANY_FIELD = 'any field';
const MAX_ASKS = 20;
const MAX_SEEN = 5;
const MAX_VALUE = 300;

/** Says of every part of a rule whether it holds in an event, and what it saw. @param searches of the rule, which parts are called by */
export function explainRule(rule: SigmaRule, searches: Searches, event: SecurityEvent): RuleExplanation {
  const names = new Map([...searches].map(([name, expression]) => [expression, name]));
  const detection = explain(rule.detection, { event, names });
  const accepts = acceptsOrigin(rule, event.origin);
  const logsource = { holds: accepts, asked: { ...rule.logsource }, seen: originOf(event.origin) };
  return { matches: accepts && detection.holds, logsource, detection };
}

interface Asking {
  readonly event: SecurityEvent;
  readonly names: ReadonlyMap<Expression, string>;
}

function explain(expression: Expression, asking: Asking): Explanation {
  const name = asking.names.get(expression);
  const search = name === undefined ? {} : { search: name };
  switch (expression.kind) {
    case 'item':
      return { ...search, ...explainItem(expression, asking.event) };
    case 'fieldref':
      return { ...search, ...explainReference(expression, asking.event) };
    case 'not': {
      const of = explain(expression.of, asking);
      return { ...search, kind: 'not', holds: !of.holds, of: [of] };
    }
    case 'and':
    case 'or': {
      const of = expression.of.map((part) => explain(part, asking));
      const holds = expression.kind === 'and' ? of.every((part) => part.holds) : of.some((part) => part.holds);
      return { ...search, kind: expression.kind, holds, of };
    }
  }
}

function explainItem(item: ItemExpression, event: SecurityEvent): ItemExplanation {
  const { field, tests } = item;
  const evidence = evidenceIn(item, event);
  return {
    kind: 'item',
    holds: evidence !== undefined,
    field: field ?? ANY_FIELD,
    asks: tests
      .slice(0, MAX_ASKS)
      .map((test) => ({ asked: describeTest(test), holds: evidenceIn({ kind: 'item', field, tests: [test] }, event) !== undefined })),
    more: Math.max(0, tests.length - MAX_ASKS),
    seen: field === undefined ? (evidence ?? []).map(({ value }) => shorten(value)) : seenIn(event.field(field)),
  };
}

function explainReference(reference: FieldReferenceExpression, event: SecurityEvent): ItemExplanation {
  const holds = evidenceIn(reference, event) !== undefined;
  const other = seenIn(event.field(reference.other)).map((value) => `"${value}"`);
  const asked = `${reference.mode} field ${reference.other} (${other.length === 0 ? 'not there' : other.join(', ')})`;
  return { kind: 'item', holds, field: reference.field, asks: [{ asked, holds }], more: 0, seen: seenIn(event.field(reference.field)) };
}

function seenIn(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (value === null) return ['null'];
  const texts = textsOf(value);
  return texts.length === 0 ? [Array.isArray(value) ? '[]' : '{}'] : texts.slice(0, MAX_SEEN).map(shorten);
}

function shorten(text: string): string {
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE).toWellFormed()}…`;
}

function originOf({ product, category, service, channel, eventId, eventType }: EventOrigin): RuleExplanation['logsource']['seen'] {
  const given = Object.entries({ product, category, service, channel, event_id: eventId, event_type: eventType });
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
