import type { TenantId } from '../../../contracts/tenant.js';
import type { ReadingContext } from './detection-item.js';
import type { PlaceholderLists } from './placeholder-lists.js';
import type { PlaceholderValues } from './placeholders.js';
import { SigmaError } from './sigma-error.js';

/** What a part of a document says for everybody, and for the tenants for which it says something else. */
export interface ReadByTenant<T> {
  /** Not there where a placeholder has values of single tenants alone. */
  readonly common: T | undefined;
  /** `undefined` for a tenant with whose values it cannot be used. */
  readonly own: ReadonlyMap<TenantId, T | undefined>;
  readonly faults: readonly TenantFault[];
}

/** Why a document cannot be used with the values of a tenant. */
export interface TenantFault {
  readonly tenant: TenantId;
  readonly error: SigmaError;
}

/**
 * Reads a part of a document with the values that placeholders have for everybody, and again for each tenant that has others for one of them.
 * @throws SigmaError where it can be used for nobody
 */
export function readByTenant<T>(context: ReadingContext, read: (context: ReadingContext) => T): ReadByTenant<T> {
  const { lists } = context;
  if (lists === undefined || lists.byTenant.size === 0) return { common: read(context), own: new Map(), faults: [] };
  const asked = new Set<string>();
  const placeholders = { get: (name: string) => (asked.add(name), context.placeholders.get(name)) };
  const common = attempt(() => read({ ...context, placeholders }));
  const lacksValues = [...asked].some((name) => (context.placeholders.get(name) ?? []).length === 0);
  if (common instanceof SigmaError && !lacksValues) throw common;
  const { own, faults, lack } = readOwn(lists, asked, (values) => attempt(() => read({ ...context, placeholders: values })));
  if (!(common instanceof SigmaError)) return { common, own, faults };
  if ([...own.values()].every((one) => one === undefined)) throw lack ?? common;
  return { common: undefined, own, faults };
}

/** `lack` names a placeholder that has no values even with a tenant's, and nothing of what is in these. */
function readOwn<T>(
  { common, byTenant }: PlaceholderLists,
  asked: ReadonlySet<string>,
  read: (values: PlaceholderValues) => T | SigmaError,
): Omit<ReadByTenant<T>, 'common'> & { readonly lack: SigmaError | undefined } {
  const own = new Map<TenantId, T | undefined>();
  const faults: TenantFault[] = [];
  let lack: SigmaError | undefined;
  for (const [tenant, lists] of byTenant) {
    if (![...asked].some((name) => lists.has(name))) continue;
    let lacksValues = false;
    const found = read({
      get: (name) => {
        const values = lists.get(name) ?? common.get(name);
        lacksValues ||= values === undefined;
        return values;
      },
    });
    if (found instanceof SigmaError) faults.push({ tenant, error: found });
    if (found instanceof SigmaError && lacksValues) lack ??= found;
    own.set(tenant, found instanceof SigmaError ? undefined : found);
  }
  return { own, faults, lack };
}

function attempt<T>(read: () => T): T | SigmaError {
  try {
    return read();
  } catch (error) {
    if (error instanceof SigmaError) return error;
    throw error;
  }
}
