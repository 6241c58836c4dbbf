import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatherDetection } from '../../src/ada/adapters/gather-detection.js';
import { RuleSetInForce } from '../../src/agents/pipeline/rule-set.js';
import { ApartThread } from '../../src/agents/pipeline/apart/apart-thread.js';
import type { OwnTerms } from '../../src/agents/pipeline/tenant-terms.js';
import { toTenantId } from '../../src/contracts/tenant.js';

const RULE = `title: Login of the shop
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a02
logsource: { product: shop }
detection: { selection: { action: login }, condition: selection }
level: high
`;
/** As slow as filters may be: which of its instructions are at work differs with each character of the text. */
const SLOW = `title: A slow filter
id: slow
logsource: { product: shop }
filter:
  rules: any
  selection: { note|re: '[ab]*a[ab]{980}c' }
  condition: selection
`;
const LONGEST_MS = 400;

/** A text of two letters that does not repeat itself (xorshift). */
function noise(length: number): string {
  let state = 12_345;
  const next = (): string => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & 128) === 0 ? 'a' : 'b';
  };
  return Array.from({ length }, next).join('');
}

describe('events that are tried apart', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-apart-'));
    writeFileSync(join(dataDir, 'rules.yml'), RULE);
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const trialOf = async (own: OwnTerms | undefined) => {
    const texts = await gatherDetection({ rules: [join(dataDir, 'rules.yml')], filters: null });
    const setup = { rules: new RuleSetInForce({ generation: 1, texts }), maxEvents: 10 };
    const thread = new ApartThread(setup, { eventMs: LONGEST_MS, heapMiB: 256 }, () => own);
    const note = noise(100_000);
    const events = ['short c', `${note}c`].map((text) => ({ product: 'shop', action: 'login', note: text }));
    const body = new Uint8Array(Buffer.from(JSON.stringify({ source: 'generic', events })));
    try {
      return await thread.run({ tenant: toTenantId('acme-corp'), receivedAt: 0, body, form: 'envelope', source: 'generic' }, 0, 60_000);
    } finally {
      await thread.close();
    }
  };

  it('DUR-09 meet the filters of their tenant, and are found out where they are slow because of them', async () => {
    const filters = { version: 1, document: SLOW };
    expect(await trialOf(undefined)).toEqual({ thrown: [], isSound: true, stopped: undefined });
    expect(await trialOf({ filters, indicators: null })).toEqual({
      thrown: [],
      isSound: true,
      stopped: { index: 1, reason: `hung for ${LONGEST_MS} ms` },
    });
  }, 60_000);
});
