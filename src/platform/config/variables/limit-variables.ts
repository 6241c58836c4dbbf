import { grouped } from './variable.js';

/** How much may come, from whom, and what one tenant may have. */
export const LIMIT_VARIABLES = [
  ...grouped('Requests', [
    {
      name: 'RATE_LIMIT_INSTANCES',
      default: '1',
      range: '1 to 1000',
      description: 'instances behind one `REDIS_URL`: each keeps to its share of the limits while Redis is away',
    },
    {
      name: 'THROTTLE_ADDRESS_PER_MINUTE',
      default: '120000',
      range: '1 to 60000000',
      description: 'requests a minute from one client address, before its credential is looked at',
    },
    {
      name: 'THROTTLE_CREDENTIAL_PER_MINUTE',
      default: '60000',
      range: '1 to 60000000',
      description: 'requests a minute with one credential',
    },
    { name: 'INGEST_MAX_EVENTS', default: '5000', range: '1 to 100000', description: 'events of one request' },
    { name: 'INGEST_MAX_BYTES', default: '10485760', range: '1024 to 268435456', description: 'bytes of one request' },
    { name: 'MAX_STREAMS', default: '1000', range: '1 to 10000', description: 'streams of events open at once at one instance' },
    {
      name: 'SHED_LOOP_DELAY_MS',
      default: '60',
      range: '10 to 10000',
      description: 'standing delay of the event loop beyond which requests are refused at the door',
      guide: '../README.md#under-more-load-than-it-can-take',
    },
    {
      name: 'SHED_QUEUE_DELAY_MS',
      default: '2000',
      range: '100 to 60000',
      description: 'standing delay of events until they are answered, beyond which they are refused at the door',
      guide: '../README.md#under-more-load-than-it-can-take',
    },
  ]),
  ...grouped('Each tenant', [
    {
      name: 'TENANT_MAX_STORAGE_BYTES',
      default: '1099511627776',
      range: '1048576 to 9007199254740991',
      description: 'what one tenant may store; beyond, events are refused with 507 before they are read',
    },
    { name: 'TENANT_MAX_API_KEYS', default: '1000', range: '1 to 1000000', description: 'API keys that one tenant may have' },
    { name: 'TENANT_MAX_INDICATORS', default: '200000', range: '1 to 10000000', description: 'indicators that one tenant may have' },
    { name: 'TENANT_MAX_RULE_FILTERS', default: '100', range: '1 to 1000', description: 'Sigma filters that one tenant may have' },
    { name: 'TENANT_MAX_PENDING_APPROVALS', default: '1000', range: '1 to 1000000', description: 'approvals of one tenant that may wait' },
    { name: 'TENANT_MAX_DEAD_LETTERS', default: '10000', range: '1 to 1000000', description: 'dead letters of one tenant that are kept' },
    { name: 'TENANT_MAX_SEARCHES', default: '8', range: '1 to 1000', description: 'searches of one tenant under way at once' },
    { name: 'TENANT_MAX_STREAMS', default: '100', range: '1 to 10000', description: 'streams of one tenant open at once at one instance' },
  ]),
];
