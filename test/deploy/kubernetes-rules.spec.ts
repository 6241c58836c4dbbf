import { describeWith } from '../support/redis-server.js';
import { OVERLAYS, render } from './render.js';
import { AVAILABILITY } from './rules/availability.js';
import { CONTENTS } from './rules/contents.js';
import { HARDENING } from './rules/hardening.js';
import { NETWORK } from './rules/network.js';
import { POD_SECURITY } from './rules/pod-security.js';

const GROUPS = { POD_SECURITY, HARDENING, AVAILABILITY, NETWORK, CONTENTS };
const RULES = Object.values(GROUPS).flat();

describeWith(['kubectl'], 'an installation on Kubernetes', () => {
  it.each(OVERLAYS)('OPS-04 R61 of %s keeps every rule', (overlay) => {
    const manifests = render(overlay);
    const broken = RULES.flatMap(({ name, faults }) => faults(manifests).map((fault) => `${name}: ${fault}`));
    expect(broken).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.name, rule] as const))('OPS-04 is told where it is not so: %s', (_, { faults, harm }) => {
    const manifests = render('on-premises');
    expect(faults(manifests)).toEqual([]);
    harm(manifests);
    expect(faults(manifests)).not.toEqual([]);
  });

  it('OPS-04 is asked as much as the standard asks', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
    expect(POD_SECURITY).toHaveLength(15);
    expect(RULES.length).toBeGreaterThanOrEqual(25);
  });
});
