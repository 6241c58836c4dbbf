import { join } from 'node:path';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import { PlaceholderLists } from '../../src/ada/domain/sigma/placeholder-lists.js';
import { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.js';
import { NEVER } from '../../src/ada/domain/sigma/tenant-detection.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';
import argued from './sigma-conformance.argued.json' with { type: 'json' };
import { findLogFiles } from '../../src/cli/scan/find-log-files.js';
import { type LogLine, readLogLines } from '../../src/cli/scan/read-log-lines.js';
import { describeWithData, readNdjson } from '../support/conformance-data.js';

/* Compares the engine, line by line, with what an independent engine found on the same events with the rules of SigmaHQ. */
const ARCHIVE = 'sigma/sigmahq-rules-8eaafff1f284.tar.gz';
const REGRESSION = 'sigma/regression.ndjson.gz';

/** Not in the comparison: what the other engine left out. */
const LEFT_OUT = new Set(['file_access', 'file_rename']);

/** Rules that rightly match more than the comparison has, by id, and why. */
const ARGUED = new Map(Object.entries(argued));

interface Expected {
  readonly file: string;
  readonly line: number;
  readonly rules: readonly string[];
}

describeWithData('Sigma conformance', [ARCHIVE, REGRESSION], (data) => {
  let engine: SigmaEngine;
  let leftOut: Set<string>;

  beforeAll(async () => {
    const { rules, unsupported } = await new RuleFiles([join(data, ARCHIVE)]).load();
    expect(rules.length + unsupported.length).toBe(3_780);
    expect(unsupported.filter(({ reason }) => !/placeholder %[^%]+% has no values$/.test(reason))).toEqual([]);
    leftOut = new Set(rules.filter(({ logsource }) => LEFT_OUT.has(logsource.category ?? '')).map(({ id }) => id));
    engine = new SigmaEngine(rules);
  });

  it('reads the rules with placeholders once a tenant has values for these, and all others as before', async () => {
    const values = new Map<string, readonly string[]>();
    const load = () =>
      new RuleFiles([join(data, ARCHIVE)], {
        placeholders: new PlaceholderLists(new Map(), new Map([[toTenantId('acme-corp'), values]])),
      }).load();
    let { rules, unsupported } = await load();
    const without = rules.length;
    for (let round = 0; round < 4 && unsupported.length > 0; round++) {
      for (const { reason } of unsupported) values.set(/%([^%]+)%/.exec(reason)?.[1] ?? '', ['10.0.0.0/8']);
      ({ rules, unsupported } = await load());
    }
    const own = rules.filter((rule) => rule.own !== undefined);
    expect([unsupported, rules.length, own.length]).toEqual([[], 3_780, 3_780 - without]);
    expect(own.every(({ detection }) => detection === NEVER)).toBe(true);
  });

  const match = (text: string): string[] => {
    const event = parseEvent(text, { index: 0, declared: 'auto', receivedAt: 0 });
    return isRejection(event) ? [] : engine.match(event).flatMap(({ id }) => (leftOut.has(id) ? [] : [id]));
  };

  it.each([
    ['sigma-windows', ['windows/evtx-to-mitre', 'windows/otrf']],
    ['sigma-cloudtrail', ['cloud/invictus-cloudtrail', 'cloud/otrf-cloudtrail-s3-exfil', 'cloud/stratus-cloudtrail']],
    ['sigma-zeek', ['network/zeek-wrccdc2018', 'network/zeek-apt29']],
  ])(
    'agrees on %s',
    async (name, directories) => {
      const expected = new Map(
        (await readNdjson<Expected>(data, `expected/${name}.ndjson.gz`)).map(({ file, line, rules }) => [
          `${file}:${line}`,
          rules.toSorted(),
        ]),
      );
      const differences: string[] = [];
      const explained: string[] = [];
      for (const directory of directories) {
        for (const { path } of (await findLogFiles(join(data, directory))).filter((file) => file.path.endsWith('.gz'))) {
          const file = path.slice(data.length + 1);
          for await (const { number, text } of readLines(path)) {
            const wanted = expected.get(`${file}:${number}`) ?? [];
            const all = match(text);
            const found = all.filter((id) => wanted.includes(id) || !ARGUED.has(id));
            for (const id of all) if (!found.includes(id)) explained.push(`${file}:${number} ${id}: ${ARGUED.get(id)}`);
            if (found.join() !== wanted.join()) differences.push(`${file}:${number} expected ${wanted.join()} found ${found.join()}`);
          }
        }
      }
      process.stdout.write([`${name}: ${expected.size} lines expected`, ...explained, ...differences, ''].join('\n'));
      expect(differences).toEqual([]);
    },
    600_000,
  );

  it('fires the rule of every regression case', async () => {
    const cases = await readNdjson<{ rule_id: string; events: unknown[] }>(data, REGRESSION);
    const silent = cases.filter(({ rule_id, events }) => !events.some((event) => match(JSON.stringify(event)).includes(rule_id)));
    expect([cases.length, silent.map(({ rule_id }) => rule_id)]).toEqual([145, []]);
  });
});

async function* readLines(path: string): AsyncGenerator<LogLine> {
  for await (const lines of readLogLines(path, () => undefined)) yield* lines;
}
