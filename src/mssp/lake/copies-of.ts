import type { TenantId } from '../../contracts/tenant.js';
import type { Config } from '../../platform/config/config.js';
import { isCopied, type CopyProgress, type MonthEnd } from './domain/copy-progress.js';
import { lakeName } from './domain/lake-name.js';

/** How to tell whether a month of a tenant's events is in the lake; nothing where there is none. */
export function copiesOf({ lake }: Config, progress: CopyProgress): { isCopied?: (tenant: TenantId, month: MonthEnd) => Promise<boolean> } {
  if (!lake) return {};
  const name = lakeName(lake);
  return { isCopied: async (tenant, month) => isCopied(await progress.read(tenant, name), month) };
}
