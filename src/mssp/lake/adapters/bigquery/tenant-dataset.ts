import { createHash } from 'node:crypto';
import type { TenantId } from '../../../../contracts/tenant.js';
import { LakeRefused } from '../../domain/event-lake.js';

const DATASET = /^[A-Za-z_][A-Za-z0-9_]{0,1023}$/;
/** A dataset that begins with `_` is hidden, and some of those are Google's own. */
const HIDDEN = /^_/;
const PROJECT = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const LABEL_LENGTH = 63;

/** The dataset of a tenant where nothing else is said. Two tenants never share one, as there is no `_` in the id of a tenant. */
export function usualDatasetOf(tenant: TenantId): string {
  return `gatra_${tenant.replaceAll('-', '_')}`;
}

/** @throws LakeRefused where this cannot be the name of a tenant's dataset. */
export function checkedDataset(tenant: TenantId, dataset: string): string {
  if (DATASET.test(dataset) && !HIDDEN.test(dataset)) return dataset;
  throw new LakeRefused(`${tenant} has no dataset: its name must be 1-1024 of [A-Za-z0-9_] and begin with a letter`);
}

/** @throws LakeRefused where this cannot be the id of a project. */
export function checkedProject(project: string): string {
  if (PROJECT.test(project)) return project;
  throw new LakeRefused('the project of BigQuery has no id that Google Cloud knows');
}

/** What a dataset and a query are labelled with: the tenant's id, which is shortened with a digest where it is longer than labels are. */
export function tenantLabel(tenant: TenantId): string {
  if (tenant.length <= LABEL_LENGTH) return tenant;
  return `${tenant.slice(0, 46)}_${createHash('sha256').update(tenant).digest('hex').slice(0, 16)}`;
}
