import type { Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

/** Reads how Redis is spoken to; where it is, and its passwords, are secrets. */
export function readRedisConfig(reader: VariableReader, environment: Config['environment']): Config['redis'] {
  return {
    allowPlaintext: reader.oneOf('REDIS_ALLOW_PLAINTEXT', ['0', '1'] as const, environment === 'development' ? '1' : '0') === '1',
    caFile: reader.file('REDIS_CA_FILE'),
    sentinelUsername: reader.text('REDIS_SENTINEL_USERNAME', '') || null,
  };
}
