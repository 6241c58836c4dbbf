import type { Config } from '../../../platform/config/config.js';

/** What a lake's progress is kept under: another server, or another project, is another lake, into which everything is copied anew. */
export function lakeName(lake: NonNullable<Config['lake']>): string {
  return lake.kind === 'clickhouse' ? `clickhouse ${new URL(lake.url).host}` : `bigquery ${lake.project}`;
}
