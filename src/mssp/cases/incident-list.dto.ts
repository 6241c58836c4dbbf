import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { INCIDENT_STATUSES, type IncidentStatus } from '../../contracts/incident.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { PageQuery } from '../../platform/http/page.js';
import { SomeOf, SomeTexts } from '../../platform/http/list-filter.js';
import { sortWords } from '../../platform/http/sort.js';
import { INCIDENT_SORTS } from './domain/incident-store.js';
import { IsTime } from '../../platform/http/is-time.js';

const SORTS = sortWords(INCIDENT_SORTS);

/** Filters of the list of incidents; repeat one for or. */
export class IncidentListQuery extends PageQuery {
  /** Without it, incidents that were merged into others are left out. */
  @SomeOf(INCIDENT_STATUSES)
  status?: IncidentStatus[];

  @SomeOf(SEVERITIES)
  severity?: Severity[];

  @SomeOf(CLASSIFICATIONS)
  classification?: Classification[];

  /** The furthest ATT&CK tactic reached, or `suspicious-activity`. */
  @SomeTexts(64)
  kind?: string[];

  /** `ws-17`, or `host:ws-17`. */
  @SomeTexts(512)
  entity?: string[];

  /** ATT&CK technique; `T1059` also means its sub-techniques. */
  @SomeTexts(64)
  technique?: string[];

  /** ATT&CK tactic: `lateral-movement`. */
  @SomeTexts(64)
  tactic?: string[];

  /** Incidents with an event at or after it, RFC 3339. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** Incidents with an event before it, RFC 3339. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** What to sort by; `-` in front for the highest or latest first. */
  @ApiProperty({ required: false, enum: SORTS, default: '-created_at' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = '-created_at';
}
