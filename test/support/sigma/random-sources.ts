import type { EventOrigin } from '../../../src/contracts/security-event.js';

const SYSMON = 'microsoft-windows-sysmon/operational';

/** Origins of events, by name. */
export const ORIGINS = {
  acme: { key: 'acme', product: 'acme' },
  acmeWeb: { key: 'acme/s/web', product: 'acme', service: 's', category: 'web' },
  start: { key: 'sysmon/1', product: 'windows', channel: SYSMON, eventId: 1 },
  created: { key: 'sysmon/12/CreateKey', product: 'windows', channel: SYSMON, eventId: 12, eventType: 'CreateKey' },
  deleted: { key: 'sysmon/12/DeleteKey', product: 'windows', channel: SYSMON, eventId: 12, eventType: 'DeleteKey' },
  start4688: { key: 'security/4688', product: 'windows', channel: 'security', eventId: 4688 },
  logon: { key: 'security/4624', product: 'windows', channel: 'security', eventId: 4624 },
  sshd: { key: 'linux/sshd', product: 'linux', service: 'sshd' },
} as const satisfies Readonly<Record<string, EventOrigin>>;

export type OriginName = keyof typeof ORIGINS;

const WINDOWS: readonly OriginName[] = ['start', 'created', 'deleted', 'start4688', 'logon'];

/** Log sources, and which of the origins each means: written down, not worked out. */
export const LOGSOURCES: readonly (readonly [Readonly<Record<string, string>>, readonly OriginName[]])[] = [
  [{ product: 'acme' }, ['acme', 'acmeWeb']],
  [{ category: 'web' }, ['acmeWeb']],
  [{ product: 'acme', service: 's' }, ['acmeWeb']],
  [{ product: 'Windows' }, WINDOWS],
  [{ product: 'windows', category: 'process_creation' }, ['start', 'start4688']],
  [{ product: 'windows', category: 'registry_event' }, ['created', 'deleted']],
  [{ product: 'windows', category: 'registry_delete' }, ['deleted']],
  [{ product: 'windows', service: 'security' }, ['start4688', 'logon']],
  [{ product: 'windows', service: 'sysmon' }, ['start', 'created', 'deleted']],
  [{ product: 'linux', service: 'auth' }, ['sshd']],
];
