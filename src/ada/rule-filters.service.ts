import type { UnsupportedRule } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import { invalid, type ProblemDetail } from '../platform/problems/problem.js';
import { refuseBeyond } from '../platform/tenancy/tenant-caps.js';
import { type FilterChange, RuleFilterStore, type StoredFilters } from './domain/rule-filter-store.js';
import { FiltersInForce } from './filters-in-force.js';
import type { OwnRules } from './loaded-rule-catalog.js';

/** A tenant's own filters, as users see them. */
export interface ShownFilters extends StoredFilters {
  /** Those in force. */
  readonly filters: OwnRules['rules'];
  /** Documents that are not in force. */
  readonly issues: readonly UnsupportedRule[];
}

const MOST_FAULTS = 100;

/** Reading and changing a tenant's own filters. */
export class RuleFiltersService {
  constructor(
    private readonly store: RuleFilterStore,
    private readonly inForce: FiltersInForce,
    /** Filters that a tenant may have. */
    private readonly most: number,
  ) {}

  async get(tenant: TenantId): Promise<ShownFilters> {
    const stored = await this.store.find(tenant);
    return shown(stored, await this.inForce.sentBy(tenant));
  }

  /**
   * Puts filters in the place of all that the tenant has; they are in force for every event that is sent after the answer.
   * @throws Problem 422 that names each fault by its line; 409 where there are too many, or others than those that the change is based on.
   */
  async replace(tenant: TenantId, document: string, basedOn: number | undefined, change: FilterChange): Promise<ShownFilters> {
    const { rules, unsupported } = await this.inForce.check(tenant, document);
    const filters = rules.length + unsupported.length;
    if (filters > this.most) refuseBeyond('rule_filters', this.most, filters);
    if (unsupported.length > 0) throw invalid(unsupported.slice(0, MOST_FAULTS).map(faultOf));
    if (filters === 0) {
      throw invalid([{ pointer: '/document', code: 'no_filter', detail: 'It holds no filter; to remove all filters, use DELETE.' }]);
    }
    const stored = await this.store.replace(tenant, { document, filters, basedOn }, change);
    await this.inForce.renew(tenant);
    return shown(stored, { rules, unsupported });
  }

  /** Removes all filters that the tenant has. @throws Problem 409 where they are others than those that the change is based on. */
  async remove(tenant: TenantId, basedOn: number | undefined, change: FilterChange): Promise<void> {
    await this.store.replace(tenant, { document: '', filters: 0, basedOn }, change);
    await this.inForce.renew(tenant);
  }
}

function shown(stored: StoredFilters, { rules, unsupported }: OwnRules): ShownFilters {
  return { ...stored, filters: rules, issues: unsupported };
}

function faultOf({ line, title, reason }: UnsupportedRule): ProblemDetail {
  const where = line === null || line === undefined ? '' : `line ${line}: `;
  const which = title === null ? '' : ` (in "${title}")`;
  return { pointer: '/document', code: 'bad_filter', detail: `${where}${reason}${which}` };
}
