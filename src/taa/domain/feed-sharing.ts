import { TLP_MARKINGS, type Tlp } from '../../contracts/tlp.js';
import type { IndicatorReport } from './indicator.js';

/** Who is given the indicators of a feed, by how they are marked. */
export interface FeedSharing {
  /** The closest marking that goes to every tenant, `amber` where nothing is said; with `none` nothing goes to every tenant. */
  readonly everyone?: Tlp | 'none';
  /** Ids of the tenants that are given everything. */
  readonly recipients?: readonly string[];
}

/** The closest marking that an organisation may share with its clients (TLP 2.0, FIRST 2022, section 4). */
const EVERYONE: Tlp = 'amber';

/** Whether a tenant is given all that a feed brings, whatever its marking. */
export function isRecipient({ recipients = [] }: FeedSharing, tenant: string): boolean {
  return recipients.includes(tenant);
}

/** What every tenant is given of a feed. What bears no marking goes to all, unless nothing does. */
export function forEveryone({ everyone = EVERYONE }: FeedSharing, reports: readonly IndicatorReport[]): readonly IndicatorReport[] {
  if (everyone === 'none') return [];
  const closest = TLP_MARKINGS.indexOf(everyone);
  return reports.filter(({ tlp }) => tlp === undefined || TLP_MARKINGS.indexOf(tlp) <= closest);
}
