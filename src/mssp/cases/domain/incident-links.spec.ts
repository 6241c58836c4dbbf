import type { Entity } from '../../../contracts/entity.js';
import { anchorOf, LINK_WINDOW_MS, linksOf } from './incident-links.js';

const entity = (type: Entity['type'], value: string): Entity => ({ type, value });
const links = (entities: readonly Entity[], common: Record<string, number> = {}) =>
  linksOf({ rule_id: 'r', entities, event_ms: LINK_WINDOW_MS }, new Map(Object.entries(common)));

describe('linksOf', () => {
  it('links by what is specific', () => {
    const hash = 'd41d8cd98f00b204e9800998ecf8427e';
    const specific = [
      entity('host', 'ws-17'),
      entity('user', 'corp\\ana'),
      entity('ip', '203.0.113.9'),
      entity('file', hash),
      entity('domain', 'evil.example'),
      entity('cloud_account', '123456789012'),
    ];
    expect(links(specific)).toEqual(specific.map(({ type, value }) => `${type}:${value}`));
  });

  it.each([
    entity('user', 'nt authority\\system'),
    entity('user', 'network service'),
    entity('user', 'ws-17$'),
    entity('user', 's-1-5-18'),
    entity('user', '-'),
    entity('ip', '127.0.0.1'),
    entity('ip', '::1'),
    entity('ip', '239.255.255.250'),
    entity('host', 'localhost'),
    entity('file', 'C:\\Windows\\System32\\cmd.exe'),
    entity('process', 'cmd.exe'),
  ])('does not link by $type $value', (each) => {
    expect(links([each])).toEqual(['rule:r']);
    expect(links([entity('host', 'ws-17'), each])).toEqual(['host:ws-17']);
  });

  it('does not link by what was common before the window', () => {
    const entities = [entity('host', 'ws-17'), entity('user', 'svc')];
    expect(links(entities, { 'user:svc': 0 })).toEqual(['host:ws-17']);
    expect(links(entities, { 'user:svc': 1 })).toEqual(['host:ws-17', 'user:svc']);
  });

  it('links what is about too much by its rule alone', () => {
    expect(links(Array.from({ length: 17 }, (_, i) => entity('host', `ws-${i}`)))).toEqual(['rule:r']);
  });
});

describe('anchorOf', () => {
  it('prefers a host, then a user, then an address', () => {
    expect(anchorOf([entity('ip', '203.0.113.9'), entity('user', 'ana'), entity('host', 'ws-17')])).toBe('host:ws-17');
    expect(anchorOf([entity('domain', 'a.example'), entity('ip', '203.0.113.9'), entity('host', 'localhost')])).toBe('ip:203.0.113.9');
    expect(anchorOf([entity('cloud_account', '123')])).toBe('cloud_account:123');
    expect(anchorOf([])).toBeUndefined();
  });
});
