import { policiesWith } from '../../../test/support/outbound-policies.js';

describe('a dependency', () => {
  const isolated = (...parts: readonly string[]) => {
    const dependency = policiesWith().dependency('webhook');
    for (const part of parts) dependency.policy(part).breaker.isolate();
    const stillIsolated = (): readonly string[] => parts.filter((part) => dependency.policy(part).breaker.kind === 'isolated');
    return { dependency, stillIsolated };
  };

  it('forgets the circuit of one part, not those of others whose names begin as it does', () => {
    const { dependency, stillIsolated } = isolated('acme', 'acme-corp', 'acme/notify', '');
    dependency.forget('acme');
    expect(stillIsolated()).toEqual(['acme-corp', 'acme/notify', '']);
  });

  it('forgets the circuits of all that is of one owner, and of nobody else', () => {
    const { dependency, stillIsolated } = isolated('acme/notify', 'acme/ticket', 'acme-corp/notify', 'acme');
    dependency.forgetOf('acme');
    expect(stillIsolated()).toEqual(['acme-corp/notify', 'acme']);
  });
});
