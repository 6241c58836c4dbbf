import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_FORMATS } from '../../contracts/security-event.js';
import { EnvironmentError } from '../../platform/config/variable-reader.js';
import { readSubscriptions, type ConfiguredSubscription } from './subscriptions-file.js';

const ONE = { subscription: 'acme-events', tenant_id: 'acme-corp' };

describe('the file of subscriptions', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-subscriptions-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const read = (content: unknown): readonly ConfiguredSubscription[] => {
    const file = join(directory, 'subscriptions.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readSubscriptions(file, 'soc-1');
  };

  it('may be left out', () => {
    expect(readSubscriptions(null, 'soc-1')).toEqual([]);
  });

  it('names subscriptions of the project, and of others in full', () => {
    expect(read(readFileSync('config/pubsub_subscriptions.example.json', 'utf8'))).toEqual([
      { name: 'projects/soc-1/subscriptions/acme-corp-events', tenant: 'acme-corp', source: undefined },
      { name: 'projects/globex-logs/subscriptions/to-soc', tenant: 'globex', source: 'cloudtrail' },
    ]);
  });

  it('knows every format of events', () => {
    const sources = ['auto', ...EVENT_FORMATS];
    const subscriptions = sources.map((source, n) => ({ ...ONE, subscription: `events-${n}`, source }));
    expect(read({ subscriptions }).map(({ source }) => source)).toEqual(sources);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no list', {}],
    ['no tenant', { subscriptions: [{ subscription: 'acme-events' }] }],
    ['a tenant that cannot be', { subscriptions: [{ ...ONE, tenant_id: '../x' }] }],
    ['a name that no subscription can have', { subscriptions: [{ ...ONE, subscription: 'goog-events' }] }],
    ['a format that does not exist', { subscriptions: [{ ...ONE, source: 'xml' }] }],
    ['a subscription of two tenants', { subscriptions: [ONE, { ...ONE, tenant_id: 'globex' }] }],
    ['one written in two ways', { subscriptions: [ONE, { ...ONE, subscription: 'projects/soc-1/subscriptions/acme-events' }] }],
    ['a member that does not exist', { subscriptions: [{ ...ONE, filter: 'x' }] }],
  ])('is refused with its fault named: %s', (_what, content) => {
    expect(() => read(content)).toThrow(EnvironmentError);
    expect(() => read(content)).toThrow(/GCP_PUBSUB_SUBSCRIPTIONS_FILE/);
  });
});
