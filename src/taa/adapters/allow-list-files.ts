import { readFileSync, statSync } from 'node:fs';
import type { TenantId } from '../../contracts/tenant.js';
import { EnvironmentError } from '../../platform/config/variable-reader.js';
import { AllowList } from '../domain/allow-list.js';
import { AllowLists } from '../domain/allow-lists.js';
import { readPlainList } from '../domain/indicator-document.js';

const MOST_BYTES = 32 * 1024 * 1024;
const OF_ONE_TENANT = /^([a-z][a-z0-9-]{1,62}[a-z0-9])=(.+)$/;
const NAMED_FAULTS = 3;

/**
 * Reads the lists of values that are no sign of anything, one value a line: for all tenants, or for one where the tenant's id and `=` go before the path.
 * @throws EnvironmentError that names each file that cannot be read, and values in it that are none.
 */
export function readAllowLists(places: readonly string[]): AllowLists {
  const faults: string[] = [];
  const lists = places.map((place) => {
    const [, tenant, ownPath] = OF_ONE_TENANT.exec(place) ?? [];
    return { tenant: (tenant ?? null) as TenantId | null, list: read(ownPath ?? place, faults) };
  });
  if (faults.length > 0) throw new EnvironmentError(faults);
  return new AllowLists(lists);
}

function read(path: string, faults: string[]): AllowList {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error('too large');
    const { reports, unsupported } = readPlainList(readFileSync(path, 'utf8'));
    for (const { reason } of unsupported.slice(0, NAMED_FAULTS)) faults.push(`INTEL_ALLOW_LISTS ${path}: ${reason}`);
    return AllowList.of(reports.flatMap(({ values }) => values));
  } catch {
    faults.push(`INTEL_ALLOW_LISTS ${path} cannot be read, or is larger than ${MOST_BYTES} bytes`);
    return AllowList.of([]);
  }
}
