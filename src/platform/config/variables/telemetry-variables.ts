import { grouped } from './variable.js';

/** Logs, metrics and traces. */
export const TELEMETRY_VARIABLES = grouped('Logs, metrics and traces', [
  {
    name: 'LOG_LEVEL',
    default: 'info',
    range: 'fatal, error, warn, info, debug, trace, silent',
    description: 'what is logged; can be changed while the app runs',
    guide: 'observability.md#logs',
  },
  { name: 'LOG_FORMAT', default: 'json', range: 'json, text', description: '`text` is for people' },
  {
    name: 'METRICS_PORT',
    range: '0 to 65535',
    description: 'a port that serves `/metrics` alone, to everybody who reaches it: keep it inside',
    guide: 'observability.md#metrics',
  },
  { name: 'METRICS_HOST', description: 'address that it listens on; `HOST` where nothing is said' },
  {
    name: 'METRICS_MOST_TENANTS',
    default: '200',
    range: '0 to 10000',
    description: 'tenants that have metrics of their own; the others share the label `_other`',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description: 'base URL of the collector of spans (OTLP over HTTP; `/v1/traces` is added)',
    guide: '../README.md#traces',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    secret: true,
    description: 'what it asks for: `authorization=Bearer%20…`; in production it goes over https, or stays on this machine',
  },
  { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', default: '10000', range: '100 to 60000', description: 'milliseconds that it may take' },
  {
    name: 'OTEL_TRACES_SAMPLER',
    default: 'parentbased_traceidratio',
    range: 'parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
    description: 'which traces are kept',
  },
  { name: 'OTEL_TRACES_SAMPLER_ARG', default: '0.1', range: '0 to 1', description: 'the share of them; 1 in development' },
  { name: 'OTEL_SERVICE_NAME', default: 'gatra', description: 'what this process is called in traces' },
  { name: 'OTEL_BSP_MAX_QUEUE_SIZE', default: '4096', range: '1 to 100000', description: 'spans that wait at most' },
  { name: 'OTEL_BSP_SCHEDULE_DELAY', default: '5000', range: '10 to 60000', description: 'milliseconds that they wait' },
]);
