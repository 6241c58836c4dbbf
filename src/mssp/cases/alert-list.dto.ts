import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ALERT_STATUSES, type AlertStatus } from '../../contracts/alert.js';
import { DETECTORS, type DetectorKind } from '../../contracts/detection.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { PageQuery } from '../../platform/http/page.js';
import { SomeOf, SomeTexts } from '../../platform/http/list-filter.js';
import { sortWords } from '../../platform/http/sort.js';
import { ALERT_SORTS } from './domain/alert-store.js';
import { IsTime } from '../../platform/http/is-time.js';

const SORTS = sortWords(ALERT_SORTS);

/** Filters of the list of alerts; repeat one for or. */
export class AlertListQuery extends PageQuery {
  @SomeOf(ALERT_STATUSES)
  status?: AlertStatus[];

  @SomeOf(SEVERITIES)
  severity?: Severity[];

  @SomeOf(CLASSIFICATIONS)
  classification?: Classification[];

  @SomeOf(DETECTORS)
  detector?: DetectorKind[];

  @SomeTexts(256)
  rule_id?: string[];

  /** ATT&CK technique; `T1059` also means its sub-techniques. */
  @SomeTexts(64)
  technique?: string[];

  /** `ws-17`, or `host:ws-17`. */
  @SomeTexts(512)
  entity?: string[];

  @SomeTexts(64)
  incident_id?: string[];

  /** Earliest event time, RFC 3339. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** End of event times, not included, RFC 3339. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** What to sort by; `-` in front for the highest or latest first. */
  @ApiProperty({ required: false, enum: SORTS, default: '-created_at' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = '-created_at';
}
