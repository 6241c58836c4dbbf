import { TRACE_SAMPLERS, type Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

/** Reads where spans go and which are kept: OpenTelemetry's own variables, as far as they make sense here. */
export function readTracingConfig(reader: VariableReader, environment: Config['environment']): Config['tracing'] {
  return {
    endpoint: readEndpoint(reader),
    serviceName: reader.text('OTEL_SERVICE_NAME', 'gatra'),
    sampler: reader.oneOf('OTEL_TRACES_SAMPLER', TRACE_SAMPLERS, 'parentbased_traceidratio'),
    ratio: readRatio(reader, environment === 'development' ? 1 : 0.1),
    timeoutMs: reader.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000, 100, 60_000),
    mostWaiting: reader.integer('OTEL_BSP_MAX_QUEUE_SIZE', 4_096, 1, 100_000),
    delayMs: reader.integer('OTEL_BSP_SCHEDULE_DELAY', 5_000, 10, 60_000),
  };
}

/** Credentials go into the headers, which are a secret. */
function readEndpoint(reader: VariableReader): string | null {
  const name = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = reader.text(name, '');
  if (text === '') return null;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) reader.refuse(`${name} must be an http or https URL`);
  else if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    reader.refuse(`${name} must hold neither credentials nor a query: they go into OTEL_EXPORTER_OTLP_HEADERS`);
  } else return text;
  return null;
}

function readRatio(reader: VariableReader, fallback: number): number {
  const name = 'OTEL_TRACES_SAMPLER_ARG';
  const text = reader.text(name, String(fallback));
  const ratio = Number(text);
  if (/^[\d.]+$/.test(text) && ratio >= 0 && ratio <= 1) return ratio;
  reader.refuse(`${name} must be a number from 0 to 1`);
  return fallback;
}
