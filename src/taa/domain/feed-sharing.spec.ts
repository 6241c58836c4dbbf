import { TLP_MARKINGS, type Tlp } from '../../contracts/tlp.js';
import { forEveryone, type FeedSharing, isRecipient } from './feed-sharing.js';
import type { IndicatorReport } from './indicator.js';

const report = (tlp?: Tlp): IndicatorReport => ({
  external_id: tlp ?? 'unmarked',
  name: 'x',
  values: [{ type: 'domain', value: 'bad.example' }],
  valid_from: null,
  valid_until: null,
  confidence: 0.5,
  revoked: false,
  ...(tlp === undefined ? {} : { tlp }),
});
const ALL = [report(), ...TLP_MARKINGS.map((tlp) => report(tlp))];
const given = (sharing: FeedSharing): string[] => forEveryone(sharing, ALL).map(({ external_id: id }) => id);

describe('sharing a feed with tenants', () => {
  it('gives everyone what an organisation may share with its clients, where nothing is said', () => {
    expect(given({})).toEqual(['unmarked', 'clear', 'green', 'amber']);
    expect(given({ recipients: ['acme-corp'] })).toEqual(['unmarked', 'clear', 'green', 'amber']);
  });

  it('gives everyone what is marked up to the marking that is said, or nothing', () => {
    expect(given({ everyone: 'clear' })).toEqual(['unmarked', 'clear']);
    expect(given({ everyone: 'amber+strict' })).toEqual(['unmarked', 'clear', 'green', 'amber', 'amber+strict']);
    expect(given({ everyone: 'red' })).toHaveLength(6);
    expect(given({ everyone: 'none' })).toEqual([]);
  });

  it('knows recipients by their whole id', () => {
    const sharing = { recipients: ['acme-corp'] };
    expect(['acme-corp', 'acme', 'acme-corp-2'].map((tenant) => isRecipient(sharing, tenant))).toEqual([true, false, false]);
    expect(isRecipient({}, 'acme-corp')).toBe(false);
  });
});
