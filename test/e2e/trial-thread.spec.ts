import { TrialThread } from '../../src/agents/backtest/trial-thread.js';
import type { PastRecord } from '../../src/contracts/stored-events.js';
import { NO_FILTERS } from '../../src/ada/domain/rule-filter-store.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { noRules } from '../support/no-rules.js';

const SPAN = { from: 0, to: Date.UTC(2100, 0) };
const LIMITS = { requestMs: 1_000, heapMiB: 256, idleMs: 60_000 };
const ruleOf = (item: string): string => `title: R
logsource: { product: shop }
detection: { selection: { ${item} }, condition: selection }
`;

function eventOf(text: string): PastRecord {
  return { event_id: 'e.0', index: 0, received_at: 0, source: 'generic', raw: JSON.stringify({ product: 'shop', text }) };
}

/** As and bs in no order. */
function anyText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state >> 16) & 1 ? 'a' : 'b';
  }).join('');
}

describe('the thread that rules are tried in', () => {
  const thread = new TrialThread(noRules(), LIMITS);
  afterAll(() => thread.close());

  const trialOf = (document: string) => ({ tenant: toTenantId('acme-corp'), document, filters: NO_FILTERS, span: SPAN });
  const matches = async (document: string, text: string): Promise<number | undefined> =>
    (await thread.look(trialOf(document), [eventOf(text)])).rules[0]?.matches.length;

  it('HOS-04 gives up rules that are made to be slow, names what they cost, and goes on with others', async () => {
    const patterns = Array.from({ length: 2 }, (_, at) => `'(a[ab]{${400 + at}}|b[ab]{300})[cd]$'`);
    await expect(matches(ruleOf(`text|re: [${patterns.join()}]`), anyText(200_000))).rejects.toMatchObject({
      name: 'TrialTooCostly',
      message: expect.stringMatching(/^the rules (took longer than 1000 ms|exhausted the memory of the thread) over 1 events$/),
    });
    const [one, other] = await Promise.all([matches(ruleOf('text: x'), 'x'), matches(ruleOf('text: x'), 'y')]);
    expect([one, other]).toEqual([1, 0]);
  });

  it('reads a document anew for each tenant and each version of its filters', async () => {
    const document = ruleOf('text: x');
    const filter = { version: 1, document: document.replace('detection:', 'filter:').replace('selection: {', 'rules: any, selection: {') };
    expect(await matches(document, 'x')).toBe(1);
    const found = await thread.look({ ...trialOf(document), filters: filter }, [eventOf('x')]);
    expect(found.rules).toMatchObject([{ matches: [], filtered: 1 }]);
    expect(await matches(document, 'x')).toBe(1);
  });

  it('ends when nothing is asked of it, and starts again', async () => {
    const brief = new TrialThread(noRules(), { ...LIMITS, idleMs: 1 });
    try {
      for (let time = 0; time < 3; time += 1) {
        expect(await brief.check(toTenantId('acme-corp'), ruleOf('text: x'))).toEqual({
          rules: [{ id: 'R', title: 'R', level: 'informational' }],
          faults: [],
        });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      await brief.close();
    }
  });
});
