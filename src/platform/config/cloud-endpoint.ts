import type { CloudEndpoint, Config } from './config.js';

/** Reads variables and notes what is wrong with them. */
interface VariableReader {
  text(name: string, fallback: string): string;
  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T;
  refuse(fault: string): void;
}

/**
 * Reads where a service of Google's is that is not at Google's own address; null where it is. An override takes the place of that address, and where it is
 * plain, of its authentication: in production it must be meant.
 */
export function readCloudEndpoint(reader: VariableReader, name: string, environment: Config['environment']): CloudEndpoint | null {
  const allowed = reader.oneOf('GCP_ALLOW_ENDPOINT_OVERRIDE', ['true', 'false'] as const, 'false') === 'true';
  const text = reader.text(name, '');
  if (text === '') return null;
  const url = URL.parse(text);
  const plain = url?.protocol === 'http:';
  if (!url || (!plain && url.protocol !== 'https:')) reader.refuse(`${name} must be an http or https URL`);
  else if (environment === 'production' && !allowed) {
    reader.refuse(`${name} is refused in production, unless GCP_ALLOW_ENDPOINT_OVERRIDE is true`);
  } else if (environment === 'production' && plain) reader.refuse(`${name} must be an https URL in production`);
  else return { host: url.hostname, port: Number(url.port || (plain ? 80 : 443)), plain };
  return null;
}
