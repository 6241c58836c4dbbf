import type { TenantId } from '../../../contracts/tenant.js';
import type { Expression } from './expression.js';

/** What a rule looks for: where its placeholders have values of single tenants, something else for each of these. */
export interface TenantDetection {
  /** For everybody else. `NEVER` where placeholders have no common values. */
  readonly detection: Expression;
  readonly own?: ReadonlyMap<TenantId, Expression>;
}

/** Holds in no event. */
export const NEVER: Expression = { kind: 'or', of: [] };

/** What a rule looks for in events of a tenant, or of nobody. */
export function detectionFor({ detection, own }: TenantDetection, tenant: TenantId | undefined): Expression {
  return (tenant === undefined ? undefined : own?.get(tenant)) ?? detection;
}
