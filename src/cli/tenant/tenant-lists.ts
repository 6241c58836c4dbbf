import type { Kysely } from 'kysely';
import { SqlRuleFilterStore } from '../../ada/adapters/sql-rule-filter-store.js';
import { INCIDENT_STATUSES } from '../../contracts/incident.js';
import type { TenantId } from '../../contracts/tenant.js';
import { SqliteActionStore } from '../../cra/adapters/sqlite-action-store.js';
import { CaseFiles, type CipherSource } from '../../mssp/cases/adapters/case-files.js';
import type { CaseTables } from '../../mssp/cases/adapters/case-tables.js';
import { SqliteAlertStore } from '../../mssp/cases/adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from '../../mssp/cases/adapters/sqlite-incident-store.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import { listEvidence, type EvidenceTables } from '../../platform/audit/audit-evidence.js';
import { SqliteIndicatorStore } from '../../taa/adapters/sqlite-indicator-store.js';
import type { OpenStores } from '../stores/open-stores.js';

const PAGE = 500;
const OLDEST_FIRST = { by: 'created_at', descending: false } as const;

/** Where an item stands in a list of the oldest first: when it was made, and its id. */
type CreatedAt = readonly [string, string];

/** What a tenant has besides its events, list by list, each item as the API shows it, the oldest first. */
export class TenantLists {
  constructor(
    private readonly stores: OpenStores,
    private readonly ciphers: CipherSource,
    private readonly tenant: TenantId,
  ) {}

  /** Alerts with their verdicts. */
  alerts(): AsyncIterable<unknown> {
    const store = new SqliteAlertStore(this.cases());
    return paged(
      (after: CreatedAt | undefined) => store.list(this.tenant, { sort: OLDEST_FIRST, limit: PAGE, ...(after ? { after } : {}) }),
      ({ created_at, alert_id }) => [created_at, alert_id] as const,
    );
  }

  incidents(): AsyncIterable<unknown> {
    const store = new SqliteIncidentStore(this.cases());
    const status = INCIDENT_STATUSES;
    return paged(
      (after: CreatedAt | undefined) => store.list(this.tenant, { status, sort: OLDEST_FIRST, limit: PAGE, ...(after ? { after } : {}) }),
      ({ created_at, incident_id }) => [created_at, incident_id] as const,
    );
  }

  /** Containment actions with the approvals and decisions that they have. */
  actions(): AsyncIterable<unknown> {
    const store = new SqliteActionStore(this.stores.tenants);
    return paged(
      (after: CreatedAt | undefined) => store.list(this.tenant, { sort: OLDEST_FIRST, limit: PAGE, ...(after ? { after } : {}) }),
      ({ created_at, action_id }) => [created_at, action_id] as const,
    );
  }

  indicators(): AsyncIterable<unknown> {
    const store = new SqliteIndicatorStore(this.stores.tenants, this.stores.clock);
    return paged(
      (after: string | undefined) => store.list(this.tenant, {}, after ?? '', PAGE),
      ({ indicator_id }) => indicator_id,
    );
  }

  /** The rule filters that the tenant has of its own, as one text; nothing where it has none. */
  async *ruleFilters(): AsyncGenerator {
    const { document, ...about } = await new SqlRuleFilterStore(this.stores.tenants, this.stores.clock).find(this.tenant);
    if (document !== '') yield { document, ...about };
  }

  async *feedback(): AsyncGenerator {
    const { db } = await this.cases().of(this.tenant);
    yield* await db.selectFrom('alert_feedback').selectAll().orderBy('at').orderBy('feedback_id').execute();
  }

  /** The audit log up to a record. */
  async *audit(last: number): AsyncGenerator<AuditRecord> {
    const db: Kysely<CaseTables> = await this.stores.tenants.of<CaseTables>(this.tenant);
    for (let after = 0; after < last;) {
      const rows = await db
        .selectFrom('audit_log')
        .select(['idx', 'record'])
        .where('idx', '>', after)
        .where('idx', '<=', last)
        .orderBy('idx')
        .limit(PAGE)
        .execute();
      if (rows.length === 0) return;
      for (const { record } of rows) yield JSON.parse(record) as AuditRecord;
      after = rows.at(-1)?.idx ?? last;
    }
  }

  /** Audit records that the tenant brought along when it was imported itself. */
  async *evidence(): AsyncGenerator {
    yield* listEvidence(await this.stores.tenants.of<EvidenceTables>(this.tenant));
  }

  private cases(): CaseFiles {
    return new CaseFiles(this.stores.tenants, this.ciphers);
  }
}

async function* paged<Item, Position>(
  list: (after: Position | undefined) => Promise<readonly Item[]>,
  positionOf: (item: Item) => Position,
): AsyncGenerator<Item> {
  for (let after: Position | undefined; ;) {
    const items = (await list(after)).slice(0, PAGE);
    yield* items;
    const last = items.at(-1);
    if (!last || items.length < PAGE) return;
    after = positionOf(last);
  }
}
