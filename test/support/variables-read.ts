import { readdirSync, readFileSync } from 'node:fs';

const CONFIG = 'src/platform/config';

/** Names of all variables that the app reads: settings and secrets. */
export function variablesRead(): ReadonlySet<string> {
  const source = [
    ...readdirSync(CONFIG)
      .filter((file) => file.endsWith('environment.ts'))
      .map((file) => `${CONFIG}/${file}`),
    `${CONFIG}/cloud-endpoint.ts`,
    'src/platform/redis/redis-settings.ts',
    'src/platform/secrets/secret-names.ts',
    'src/platform/secrets/load-secrets.ts',
  ]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return new Set([...source.matchAll(/'([A-Z][A-Z_]{2,})'/g)].map(([, name = '']) => name).filter((name) => name !== 'ENOENT'));
}
