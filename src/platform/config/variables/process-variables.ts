import { grouped } from './variable.js';

/** What a process is, where it listens, and how it starts and stops. */
export const PROCESS_VARIABLES = [
  ...grouped('The process', [
    {
      name: 'ENVIRONMENT',
      default: 'production',
      range: 'development, production',
      description: '`development` makes its own secrets and first credentials',
    },
    { name: 'HOST', default: '0.0.0.0', description: 'address to listen on; `127.0.0.1` in development' },
    { name: 'PORT', default: '8080', range: '0 to 65535', description: 'port to listen on; 0 takes a free one' },
    {
      name: 'SHUTDOWN_DELAY_SECONDS',
      default: '5',
      range: '0 to 599',
      description:
        'how long a stop goes on serving with readiness false, until balancers have seen it: longer than they take between two looks, ' +
        'less than all of the stop; 0 in development',
    },
    { name: 'SHUTDOWN_GRACE_SECONDS', default: '30', range: '1 to 600', description: 'how long all of a stop may take' },
    {
      name: 'GATRA_COMMIT',
      description: 'commit that the build was made from, for `GET /admin/build` and the metric `build_info`',
    },
  ]),
  ...grouped('Connections', [
    { name: 'TLS_CERT_FILE', description: 'PEM file of the certificate with which the app serves TLS itself; read again when it changes' },
    { name: 'TLS_KEY_FILE', description: 'PEM file of its key' },
    {
      name: 'TRUSTED_PROXIES',
      description: 'address blocks (CIDR) of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, comma-separated',
    },
    { name: 'CORS_ORIGINS', description: 'origins that browsers may call from, comma-separated' },
    {
      name: 'MAX_CONNECTIONS_PER_ADDRESS',
      default: '1000',
      range: '1 to 10000',
      description: 'connections that one address may have open (IPv6: one /64); `TRUSTED_PROXIES` may have any number',
    },
  ]),
  ...grouped('What it works with', [
    {
      name: 'GATRA_CONFIG',
      default: 'config/gatra_multitenant_config.json',
      description: 'the tenants, checked against the JSON Schema beside that file',
    },
    {
      name: 'GATRA_RULES',
      description: 'Sigma rules besides the starter pack: files, directories and `.tar.gz` archives, comma-separated',
    },
    {
      name: 'GATRA_FILTERS',
      description: 'directory with the Sigma filters of single tenants: one directory each, named as the tenant is',
    },
    {
      name: 'GATRA_PLACEHOLDERS',
      description: 'file with the values that `%placeholders%` of Sigma rules stand for, of all tenants and of single ones',
      guide: 'detection.md#placeholders',
    },
    {
      name: 'RULE_LIVENESS_SECONDS',
      default: '900',
      range: '0 to 86400',
      description: 'how often the samples of rules are sent through detection, to see whether the rules are live; 0 for never',
      guide: 'detection.md#is-a-rule-alive',
    },
    { name: 'GATRA_PLAYBOOKS', default: 'config/playbooks', description: 'containment playbooks' },
    {
      name: 'GATRA_INTEL_FEEDS',
      description: 'indicator lists: files or URLs, STIX 2.1, events of MISP or one value a line, comma-separated',
    },
    {
      name: 'INTEL_FEEDS_FILE',
      description: 'feeds that need more words: servers of TAXII 2.1, directories of MISP, CSV, and who asks',
      guide: 'intelligence.md#feeds',
    },
    { name: 'INTEL_REFRESH_SECONDS', default: '3600', range: '1 to 604800', description: 'how often feeds are read again' },
    {
      name: 'INTEL_ALLOW_LISTS',
      description:
        'files of values that are no sign of anything, one a line, comma-separated: for all tenants, or for one as `acme-corp=PATH`',
      guide: 'intelligence.md#what-is-not-matched',
    },
    { name: 'INTEL_MIN_CONFIDENCE', default: '0', range: '0 to 100', description: 'indicators less sure than this are not matched' },
    {
      name: 'RETRO_MATCH_DAYS',
      default: '30',
      range: '0 to 366',
      description: 'how far back stored events are compared with indicators that are new; 0 for not at all',
      guide: 'intelligence.md#looking-back',
    },
    {
      name: 'RETRO_MATCH_DELAY_SECONDS',
      default: '30',
      range: '0 to 86400',
      description: 'how long after new indicators that begins; what comes until then is taken along',
      guide: 'intelligence.md#looking-back',
    },
    {
      name: 'ATTACK_BUNDLE_FILE',
      description: 'STIX bundle of ATT&CK, gzipped or not: names of techniques, and what has taken the place of which',
    },
    { name: 'APPROVAL_EXPIRY_SECONDS', default: '86400', range: '1 to 2592000', description: 'pending approvals expire' },
    {
      name: 'APPROVALS_MEDIUM_RISK',
      default: '1',
      range: '1 to 5',
      description: 'different people who have to approve an action of medium risk',
    },
    {
      name: 'APPROVALS_HIGH_RISK',
      default: '1',
      range: '1 to 5',
      description: 'the same of high risk, and of anything done to a critical target',
    },
    {
      name: 'INGEST_WORKERS',
      range: '1 to 64',
      description: 'threads that parse, inspect and store; as many as cores less one, 8 at most',
    },
    {
      name: 'DETECTION_CACHE_BYTES',
      default: '33554432',
      range: '0 to 1073741824',
      description:
        'what detection may remember of field values in each of these threads, which saves it from looking at them again; 0 remembers none',
    },
  ]),
];
