import { isLoopbackHost } from './loopback-host.js';

const PAIR = /^\s*[\w-]+\s*=\s*[^,;\s]+\s*$/;

/**
 * Why a text cannot be the headers of calls to the collector of spans; `undefined` where it can. The answer never holds the text.
 * @param endpoint where the collector is, where one is configured.
 */
export function otlpHeadersFault(text: string, endpoint: string | null, isProduction: boolean): string | undefined {
  if (!text.split(',').every((pair) => PAIR.test(pair)))
    return 'must be pairs, name=value, with commas between them and values percent-encoded';
  const url = endpoint === null ? null : URL.parse(endpoint);
  if (!isProduction || url?.protocol !== 'http:' || isLoopbackHost(url)) return undefined;
  return 'would travel in plain text: OTEL_EXPORTER_OTLP_ENDPOINT must be an https URL in production, unless the collector is on this machine';
}
