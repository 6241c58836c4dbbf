import { grouped } from './variable.js';

/** The parts of an installation, and how each calls the others and what is outside. */
export const SERVICE_VARIABLES = [
  ...grouped('Services', [
    {
      name: 'GATRA_ROLES',
      description: 'what this process does, of `mssp`, `ada`, `taa`, `cra`, `cla`, comma-separated; all where nothing is said',
      guide: 'roles.md',
    },
    {
      name: 'GATRA_SERVICE_NAME',
      default: 'mssp',
      range: 'mssp, ada, taa, cra, cla',
      description: 'what this process is called among the services',
      guide: 'service-signatures.md',
    },
    {
      name: 'GATRA_SERVICE_SENDERS',
      description: 'services whose signatures are taken, comma-separated; all where nothing is said',
    },
    {
      name: 'TAA_URL',
      description: 'where triage runs that is a service of its own: `http(s)://host:port`',
      guide: 'outbound-calls.md#agents-elsewhere',
    },
    { name: 'CRA_URL', description: 'where containment does', guide: 'outbound-calls.md#agents-elsewhere' },
    { name: 'CLA_URL', description: 'where learning does', guide: 'outbound-calls.md#agents-elsewhere' },
    {
      name: 'SERVICE_CLOCK_SKEW_SECONDS',
      default: '60',
      range: '1 to 300',
      description: 'how far the time of a signature may be off',
    },
  ]),
  ...grouped('Calls that leave', [
    {
      name: 'OUTBOUND_ALLOW',
      description: 'address blocks (CIDR) and host names that are not public and that webhooks may reach, comma-separated',
    },
    {
      name: 'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
      default: '5',
      range: '1 to 1000',
      perKind: true,
      description: 'failures in a row after which something outside is not called',
    },
    {
      name: 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
      default: '30',
      range: '0.1 to 3600',
      perKind: true,
      description: 'for how many seconds',
    },
    {
      name: 'CIRCUIT_BREAKER_HALF_OPEN_PROBES',
      default: '3',
      range: '1 to 3',
      perKind: true,
      description: 'and how many calls then try it',
    },
    { name: 'RETRY_MAX_ATTEMPTS', default: '3', range: '1 to 10', perKind: true, description: 'attempts of one call in all' },
    { name: 'RETRY_BASE_DELAY', default: '1', range: '0.001 to 60', perKind: true, description: 'seconds before the second of them' },
    { name: 'RETRY_MAX_DELAY', default: '30', range: '0.001 to 600', perKind: true, description: 'that grow to so many' },
    { name: 'BULKHEAD_MAX_CONCURRENT', default: '16', range: '1 to 100000', perKind: true, description: 'calls to one place at once' },
    { name: 'BULKHEAD_MAX_WAITING', default: '64', range: '0 to 100000', perKind: true, description: 'calls that wait for their turn' },
    { name: 'OUTBOUND_ATTEMPT_TIMEOUT', default: '10', range: '0.01 to 600', perKind: true, description: 'seconds of one attempt' },
    {
      name: 'OUTBOUND_TOTAL_TIMEOUT',
      default: '30',
      range: '0.01 to 3600',
      perKind: true,
      description: 'seconds of all of them with the waiting',
    },
  ]),
];
