import type { TenantId } from '../../contracts/tenant.js';
import type { FilterText } from '../domain/rule-filter-store.js';
import type { LinkedFilter } from '../domain/sigma/filters/link-filters.js';
import type { RuleFilters } from '../domain/sigma/filters/rule-filters.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import type { OwnRules } from '../loaded-rule-catalog.js';
import { toFilterSummary, toUnsupportedRule } from '../rule-summary.js';
import { readFilterText, type OwnContextOf, type OwnFilters } from './read-own-filters.js';

const NOTHING: OwnFilters = { filters: [], unsupported: [] };

interface Sent extends OwnFilters {
  readonly text: FilterText;
}

/** What filters are read with, and what of them is there from the start. */
export interface FilterGround {
  readonly rules: readonly SigmaRule[];
  readonly contextOf: OwnContextOf;
  readonly fromFiles: ReadonlyMap<TenantId, OwnFilters>;
}

/** What single tenants have of filters, in the thread that inspects their events: those of files and those that they sent. */
export class TenantFilterBook {
  private readonly sent = new Map<TenantId, Sent>();
  /** What was read last: a text is checked before it is put in force. */
  private last: { readonly tenant: TenantId | null; readonly document: string; readonly read: OwnFilters } = {
    tenant: null,
    document: '',
    read: NOTHING,
  };

  /** @param inForce is told what each tenant has. */
  constructor(
    private readonly ground: FilterGround,
    private readonly inForce: RuleFilters,
  ) {}

  /** Puts what a tenant sent in force, in the place of what it sent before; other events than the next are not affected. */
  set(tenant: TenantId, text: FilterText): void {
    if (this.sent.get(tenant)?.text.version === text.version) return;
    this.sent.set(tenant, { text, ...this.read(tenant, text.document) });
    this.inForce.replace(tenant, this.filtersOf(tenant));
  }

  /** What tenants have sent, as it was sent. */
  *texts(): Iterable<readonly [TenantId, FilterText]> {
    for (const [tenant, { text }] of this.sent) yield [tenant, text];
  }

  /** Has of tenants' texts what another book has, and no others. */
  takeOver(other: TenantFilterBook): void {
    for (const tenant of this.sent.keys()) if (!other.sent.has(tenant)) this.forget(tenant);
    for (const [tenant, text] of other.texts()) this.set(tenant, text);
  }

  /** All filters in force that a tenant has of its own. */
  filtersOf(tenant: TenantId): readonly LinkedFilter[] {
    return [...this.ofFiles(tenant).filters, ...this.ofText(tenant).filters];
  }

  /** What a text would put in force, and what is wrong in it. */
  check(tenant: TenantId, document: string): OwnRules {
    return shown(this.read(tenant, document));
  }

  /** What a tenant sent. */
  sentBy(tenant: TenantId): OwnRules {
    return shown(this.ofText(tenant));
  }

  /** All that a tenant has of its own. */
  of(tenant: TenantId): OwnRules {
    const [files, text] = [shown(this.ofFiles(tenant)), shown(this.ofText(tenant))];
    return { rules: [...files.rules, ...text.rules], unsupported: [...files.unsupported, ...text.unsupported] };
  }

  /** Drops what a tenant sent, for one that went away. */
  forget(tenant: TenantId): void {
    this.sent.delete(tenant);
    this.inForce.replace(tenant, this.ofFiles(tenant).filters);
  }

  private read(tenant: TenantId, document: string): OwnFilters {
    if (this.last.tenant !== tenant || this.last.document !== document) {
      const { rules, contextOf } = this.ground;
      this.last = { tenant, document, read: readFilterText(document, rules, contextOf(tenant)) };
    }
    return this.last.read;
  }

  private ofFiles(tenant: TenantId): OwnFilters {
    return this.ground.fromFiles.get(tenant) ?? NOTHING;
  }

  private ofText(tenant: TenantId): OwnFilters {
    return this.sent.get(tenant) ?? NOTHING;
  }
}

function shown({ filters, unsupported }: OwnFilters): OwnRules {
  return { rules: filters.map(toFilterSummary), unsupported: unsupported.map(toUnsupportedRule) };
}
