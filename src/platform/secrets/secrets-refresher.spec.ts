import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { readConfig } from '../config/environment.js';
import { BusinessEvents } from '../observability/business-events.js';
import { Metrics } from '../observability/metrics.js';
import { loadSecrets } from './load-secrets.js';
import { SecretsRefresher } from './secrets-refresher.js';

const FIT = {
  JWT_SECRET: 'Lq7zWm2RtZk4#pQ8vL1xN6sD3fG5hJ7k',
  SERVICE_API_KEY: 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y',
  API_KEY_PEPPER: 'uT5rE2wQ8yI1oP4aS7dF0gH3jK6lZ9xC',
};

describe('SecretsRefresher', () => {
  let directory: string;
  let offset: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-refresh-'));
    offset = 0;
    write(FIT);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(directory, { recursive: true });
  });

  const write = (content: unknown): void => writeFileSync(join(directory, 'secrets.json'), JSON.stringify(content), { mode: 0o600 });

  async function start() {
    const config = readConfig({ GATRA_DATA_DIR: directory });
    const secrets = await loadSecrets(config, {});
    const metrics = new Metrics();
    const now = (): number => Date.now() + offset;
    const refresher = new SecretsRefresher(config, secrets, metrics, new BusinessEvents(metrics), {
      now,
      isoNow: () => new Date(now()).toISOString(),
    });
    const shown = async (name: string): Promise<number> => {
      const { values } = (await metrics.registry.getSingleMetric(name)?.get()) ?? { values: [] };
      return values.reduce((sum, { value }) => sum + value, 0);
    };
    return { secrets, refresher, shown };
  }

  it('R10 takes up what its source says while the app runs', async () => {
    const { secrets, refresher } = await start();
    write({ ...FIT, JWT_SECRET: 'pW3eR7tY1uI5oA9sD2fG6hJ0kL4zX8cV' });
    await refresher.refresh();
    expect(secrets.jwtSecret.current.bytes.toString()).toBe('pW3eR7tY1uI5oA9sD2fG6hJ0kL4zX8cV');
    expect(secrets.serviceKey.current.bytes.toString()).toBe(FIT.SERVICE_API_KEY);
    await refresher.onApplicationShutdown();
  });

  it('R10 keeps the last good secrets where the source is away, counts each failure, says so once and never a value', async () => {
    const said: string[] = [];
    for (const level of ['error', 'log', 'warn'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...parts: unknown[]) => void said.push(JSON.stringify([level, ...parts])));
    }
    const { secrets, refresher, shown } = await start();
    write({ ...FIT, JWT_SECRET: 'short' });
    for (let attempt = 0; attempt < 3; attempt += 1) await refresher.refresh();
    expect(secrets.jwtSecret.current.bytes.toString()).toBe(FIT.JWT_SECRET);
    expect(await shown('secret_refresh_failures_total')).toBe(3);
    expect(await shown('secrets_stale')).toBe(0);
    offset = 60_000;
    expect(await shown('secrets_stale')).toBe(1);
    write(FIT);
    await refresher.refresh();
    expect(await shown('secrets_stale')).toBe(0);
    expect(said.map((line) => (JSON.parse(line) as [string])[0])).toEqual(['error', 'log']);
    for (const line of said) for (const value of ['"short"', ...Object.values(FIT)]) expect(line).not.toContain(value);
    await refresher.onApplicationShutdown();
  });
});
