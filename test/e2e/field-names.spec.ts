import { join } from 'node:path';
import { readFieldNames } from '../../src/ada/adapters/field-name-files.js';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import type { ReadRule } from '../../src/ada/adapters/rule-reader.js';
import { lintFields } from '../../src/ada/domain/sigma/lint/lint-fields.js';
import { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';
import { describeWithData, readNdjson } from '../support/conformance-data.js';

const ARCHIVE = 'sigma/sigmahq-rules-8eaafff1f284.tar.gz';
const REGRESSION = 'sigma/regression.ndjson.gz';
const EXPECTED = ['windows', 'cloudtrail', 'zeek'].map((name) => `expected/sigma-${name}.ndjson.gz`);

/** What agents add that enrich events, and Sysmon does not say; rules that ask for it say that they need it. */
const ENRICHED = ['CommandLine', 'SourceCommandLine', 'SourceParentImage', 'TargetParentProcessId'];

interface RegressionCase {
  readonly rule_id: string;
  readonly events: readonly { readonly Event: { readonly EventData?: Readonly<Record<string, unknown>> | null } }[];
}

describeWithData('Names of fields that lint knows, against rules and telemetry', [ARCHIVE, REGRESSION, ...EXPECTED], (data) => {
  const fields = readFieldNames();
  const read: ReadRule[] = [];
  let engine: SigmaEngine;
  let cases: readonly RegressionCase[];
  let unknown: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    const { rules } = await new RuleFiles([join(data, ARCHIVE)], { onRead: (rule) => read.push(rule) }).load();
    engine = new SigmaEngine(rules);
    cases = await readNdjson<RegressionCase>(data, REGRESSION);
    unknown = new Map(read.map((rule) => [rule.read.rule.id, unknownIn(rule)]));
  });

  const unknownIn = ({ written, read: { kind, rule } }: ReadRule): readonly string[] => {
    if (kind !== 'detection') return [];
    return lintFields(written, kind, rule.logsource, fields).map(({ path }) => String(path.at(-1)).split('|', 1)[0] ?? '');
  };
  const match = (event: unknown): readonly string[] => {
    const parsed = parseEvent(JSON.stringify(event), { index: 0, declared: 'auto', receivedAt: 0 });
    return isRejection(parsed) ? [] : engine.match(parsed).map(({ id }) => id);
  };

  it('are known where rules ask for them that match the regression set', () => {
    const matching = new Set(cases.flatMap(({ events }) => events.flatMap(match)));
    expect(matching.size).toBeGreaterThanOrEqual(145);
    expect([...matching].filter((id) => unknown.get(id)?.length !== 0)).toEqual([]);
  });

  it('are known where rules ask for them that match telemetry, but for those that agents add', async () => {
    const lines = await Promise.all(EXPECTED.map((path) => readNdjson<{ rules: string[] }>(data, path)));
    const matching = new Set(lines.flat().flatMap(({ rules }) => rules));
    expect(matching.size).toBeGreaterThanOrEqual(250);
    const names = new Set([...matching].flatMap((id) => unknown.get(id) ?? []));
    expect([...names].filter((name) => !ENRICHED.includes(name))).toEqual([]);
  });

  it('are known where events of the regression set have them', () => {
    const knownTo = new Map(
      read.flatMap(({ read: { kind, rule } }) => (kind === 'detection' ? [[rule.id, fields.fieldsOf(rule.logsource)]] : [])),
    );
    const held = cases.flatMap(({ rule_id, events }) => {
      const known = knownTo.get(rule_id);
      return known === undefined ? [] : events.flatMap(namesIn).map((name) => ({ rule_id, name, isKnown: known.has(name) }));
    });
    expect(held.length).toBeGreaterThan(1_000);
    expect(held.filter(({ isKnown }) => !isKnown)).toEqual([]);
  });

  it('are not known to some tens of places in all the rules', () => {
    const names = [...unknown.values()].flat();
    process.stdout.write(`${names.length} places of ${read.length} rules: ${[...new Set(names)].sort().join(' ')}\n`);
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(80);
  });
});

function namesIn({ Event: { EventData } }: RegressionCase['events'][number]): readonly string[] {
  return Object.keys(EventData ?? {}).flatMap((name) => (name.startsWith('#') ? [] : [name.replaceAll(' ', '')]));
}
