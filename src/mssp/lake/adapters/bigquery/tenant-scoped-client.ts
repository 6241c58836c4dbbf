import { randomUUID } from 'node:crypto';
import type { TenantId } from '../../../../contracts/tenant.js';
import type { OutboundPolicy } from '../../../../platform/resilience/outbound-policy.js';
import { OutboundUnavailable } from '../../../../platform/resilience/outbound-unavailable.js';
import { LakeRefused } from '../../domain/event-lake.js';
import { BigQueryFault, restFault } from './bigquery-fault.js';
import type { BigQueryRest, RestRequest } from './bigquery-rest.js';
import type { BigQuerySettings } from './bigquery-settings.js';
import type { AnsweredRow } from './lake-rows.js';
import { failedQuery, queryParameters, readRows, type Parameters, type QueryAnswer } from './query-answer.js';
import { checkedDataset, checkedProject, tenantLabel, usualDatasetOf } from './tenant-dataset.js';

const QUERY_MS = 60_000;
/** How much sooner than we the server stops waiting for a query that goes on, milliseconds. */
const MARGIN_MS = 2_000;

/** What all tenants share. */
export interface ClientParts {
  readonly settings: BigQuerySettings;
  readonly rest: BigQueryRest;
  readonly policy: OutboundPolicy;
}

/** All access to a tenant's dataset, and to no other: it can name nothing else. Refusals name the tenant and the dataset. */
export class TenantScopedBigQueryClient {
  readonly dataset: string;
  /** Label of the dataset and of queries. */
  readonly label: string;
  private readonly project: string;

  /** @throws LakeRefused where there can be no dataset for the tenant. */
  constructor(
    readonly tenant: TenantId,
    private readonly parts: ClientParts,
  ) {
    const { project, datasetOf = usualDatasetOf } = parts.settings;
    this.project = checkedProject(project);
    this.dataset = checkedDataset(tenant, datasetOf(tenant));
    this.label = tenantLabel(tenant);
  }

  /** A table as the Storage Write API calls it. */
  tablePath(table: string): string {
    return `projects/${this.project}/datasets/${this.dataset}/tables/${table}`;
  }

  /** A table as a query calls it. */
  tableName(table: string): string {
    return `\`${this.project}.${this.dataset}.${table}\``;
  }

  get reference(): { readonly projectId: string; readonly datasetId: string } {
    return { projectId: this.project, datasetId: this.dataset };
  }

  /** Asks for something below the dataset, `''` being itself. @throws LakeRefused, BigQueryFault, OutboundUnavailable */
  ask<T>(method: RestRequest['method'], path: string, body?: RestRequest['body'], query?: RestRequest['query']): Promise<T> {
    const request = { method, path: `/datasets/${this.dataset}${path}`, ...(body && { body }), ...(query && { query }) };
    return this.guard(() => this.parts.rest.ask<T>(this.parts.policy, request));
  }

  /** The same; `undefined` where it is not there. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.parts.rest.ask<T>(this.parts.policy, { method: 'GET', path: `/datasets/${this.dataset}${path}` });
    } catch (error) {
      if (error instanceof BigQueryFault && error.kind === 'missing') return undefined;
      throw this.explained(error);
    }
  }

  /** Makes something in the dataset, or itself; nothing where it is there by now. */
  async create(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await this.parts.rest.ask(this.parts.policy, { method: 'POST', path, body });
    } catch (error) {
      if (!(error instanceof BigQueryFault && error.kind === 'exists')) throw this.explained(error);
    }
  }

  /**
   * Runs a query to its end and answers all of its rows.
   * @param sql of a table's name @throws LakeRefused, BigQueryFault, OutboundUnavailable
   */
  query(table: string, sql: (name: string) => string, parameters: Parameters): Promise<readonly AnsweredRow[]> {
    return this.guard(() => this.run(sql(this.tableName(table)), parameters));
  }

  /** Does what is asked of the dataset by another way, with the same refusals. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.explained(error);
    }
  }

  private async run(query: string, parameters: Parameters): Promise<readonly AnsweredRow[]> {
    const { location, maximumBytesBilled, queryMs = QUERY_MS } = this.parts.settings;
    const giveUp = performance.now() + queryMs;
    const timeoutMs = Math.max(this.parts.rest.callMs - MARGIN_MS, 1_000);
    let answer = await this.answer({
      method: 'POST',
      path: '/queries',
      body: {
        query,
        location,
        timeoutMs,
        useLegacySql: false,
        useQueryCache: false,
        maximumBytesBilled: String(maximumBytesBilled),
        labels: { gatra_tenant: this.label },
        parameterMode: 'NAMED',
        queryParameters: queryParameters(parameters),
        requestId: randomUUID(),
      },
    });
    const rows: AnsweredRow[] = [];
    for (;;) {
      const { jobReference, pageToken } = answer;
      if (answer.jobComplete) rows.push(...readRows(answer));
      if (answer.jobComplete && pageToken === undefined) return rows;
      if (performance.now() > giveUp) throw new OutboundUnavailable('bigquery', 'timeout');
      const asked = {
        location: jobReference?.location ?? location,
        timeoutMs: String(timeoutMs),
        ...(pageToken !== undefined && { pageToken }),
      };
      answer = await this.answer({ method: 'GET', path: `/queries/${jobReference?.jobId ?? ''}`, query: asked });
    }
  }

  private async answer(request: RestRequest): Promise<QueryAnswer> {
    const answer = await this.parts.rest.ask<QueryAnswer>(this.parts.policy, request);
    const failure = failedQuery(answer);
    if (failure) throw restFault(failure);
    return answer;
  }

  private explained(error: unknown): unknown {
    if (!(error instanceof BigQueryFault) || error.kind === 'passing' || error.kind === 'failed') return error;
    const fault = error.kind === 'missing' ? 'something is missing' : 'refused';
    return new LakeRefused(`the lake of ${this.tenant} (dataset ${this.dataset}): ${fault}. ${error.message}`);
  }
}
