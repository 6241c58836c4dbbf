import type { ActionKind, ContainmentAction } from '../../contracts/containment.js';
import { ACTION_CATALOGUE } from './action-catalogue.js';
import { commandFor, inverseCommandFor } from './openc2-command.js';

const action = (kind: ActionKind, value: string): ContainmentAction =>
  ({ kind, action_id: 'a1', tenant_id: 'acme-corp', incident_id: 'i1', target: { type: 'host', value } }) as unknown as ContainmentAction;

describe('commands', () => {
  it('say what to do and how to undo it', () => {
    expect(commandFor(action('isolate_host', 'fin-ws-07'))).toEqual({
      action: 'contain',
      target: { device: { hostname: 'fin-ws-07' } },
      args: { response_requested: 'complete' },
      actuator: { 'x-gatra': { tenant_id: 'acme-corp', incident_id: 'i1' } },
      command_id: 'a1',
    });
    expect(inverseCommandFor(action('isolate_host', 'fin-ws-07'))).toMatchObject({
      action: 'allow',
      target: { device: { hostname: 'fin-ws-07' } },
    });
    expect(commandFor(action('notify', 'i1'))).toBeUndefined();
  });

  it('have an inverse exactly where the catalogue says so', () => {
    for (const [kind, entry] of Object.entries(ACTION_CATALOGUE) as [ActionKind, (typeof ACTION_CATALOGUE)['notify']][]) {
      if (entry.actuator !== 'command') continue;
      expect(inverseCommandFor(action(kind, 'x')) !== undefined).toBe(entry.reversible);
    }
  });

  it.each([
    ['C:\\Users\\jo\\a.exe', { name: 'a.exe', path: 'C:\\Users\\jo\\a.exe' }],
    ['/tmp/a', { name: 'a', path: '/tmp/a' }],
    ['a.exe', { name: 'a.exe' }],
    ['A'.repeat(64), { hashes: { sha256: 'a'.repeat(64) } }],
    ['d41d8cd98f00b204e9800998ecf8427e', { hashes: { md5: 'd41d8cd98f00b204e9800998ecf8427e' } }],
  ])('name a file by what is known of it: %s', (value, file) => {
    expect(commandFor(action('quarantine_file', value))?.target).toEqual({ file });
  });
});
