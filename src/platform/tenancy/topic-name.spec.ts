import { readFileSync } from 'node:fs';
import { TOPIC_NAME, topicFault } from './topic-name.js';

describe('the topic of a tenant', () => {
  it.each(['abc', 'gatra-acme-corp-alerts', 'a.b_c~d+e%f', `a${'b'.repeat(254)}`])('may be called %s', (name) => {
    expect(TOPIC_NAME.test(name)).toBe(true);
  });

  it.each(['ab', '1abc', 'goog-alerts', 'a/b', 'a b c', 'ä-alerts', `a${'b'.repeat(255)}`, ''])('may not be called %j', (name) => {
    expect(topicFault({ tenant_id: 'acme', pubsub_topic: name }, [])).toMatch(/name that no topic can have/);
  });

  it('belongs to one tenant', () => {
    const [acme, globex, other] = ['acme', 'globex', 'other'].map((tenant_id) => ({ tenant_id, pubsub_topic: 'alerts' }));
    const tenants = [acme, globex, { ...other, pubsub_topic: 'others' }] as { tenant_id: string; pubsub_topic: string }[];
    expect(tenants.map((tenant) => topicFault(tenant, tenants))).toEqual([
      'the tenants acme and globex have the same topic: alerts',
      'the tenants globex and acme have the same topic: alerts',
      undefined,
    ]);
  });

  it('has the same rules in the tenants file', () => {
    const schema = readFileSync('config/gatra_multitenant_config.schema.json', 'utf8');
    expect(schema).toContain(JSON.stringify(TOPIC_NAME.source));
  });
});
