import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { evidenceIn } from '../sigma/evidence.js';
import { acceptsOrigin } from '../sigma/logsource-routing.js';
import { TEST_ARRIVAL } from '../sigma/rule-tests/rule-test.js';
import type { OriginForm, SigmaRule } from '../sigma/sigma-rule.js';
import type { RuleSample } from './rule-sample.js';
import { wishedFields } from './wished-fields.js';

const MOST_TRIES = 8;
const NAME = 'derived from the rule';

/**
 * An event that a detection rule has to match, from what the rule asks: one alternative of each of its choices, read by the parser and held against the rule
 * by the plain evaluator, which shares no index with the engine. Events of Windows are those of Windows; others name their log source themselves.
 * `undefined` where none is found.
 */
export function deriveSample(rule: SigmaRule): RuleSample | undefined {
  for (let choice = 0; choice < MOST_TRIES; choice++) {
    const wished = wishedFields(rule.detection, choice);
    if (wished === undefined) continue;
    const { format, fields } = rule.logsource.product === 'windows' ? windowsEvent(rule) : namedEvent(rule);
    const text = JSON.stringify({ ...fields, ...Object.fromEntries(wished) });
    const event = parseEvent(text, { index: 0, declared: format, receivedAt: TEST_ARRIVAL });
    if (isRejection(event) || !acceptsOrigin(rule, event.origin) || evidenceIn(rule.detection, event) === undefined) continue;
    return { test: NAME, event: 0, matches: true, format, texts: [text] };
  }
  return undefined;
}

interface EmptyEvent {
  readonly format: RuleSample['format'];
  readonly fields: Readonly<Record<string, unknown>>;
}

function windowsEvent({ means }: SigmaRule): EmptyEvent {
  const form: Partial<OriginForm> = means.categories[0] ?? means.services[0] ?? {};
  const [channel = 'application'] = form.channels ?? means.services[0]?.channels ?? [];
  const [type] = form.event_types ?? [];
  const fields = { EventID: form.event_ids?.[0] ?? 1, Channel: channel, ...(type === undefined ? {} : { EventType: type }) };
  return { format: 'windows', fields };
}

function namedEvent({ logsource: { product, category, service } }: SigmaRule): EmptyEvent {
  return { format: 'generic', fields: { product, category, service } };
}
