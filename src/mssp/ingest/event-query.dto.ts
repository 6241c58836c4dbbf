import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length } from 'class-validator';
import { EVENT_FORMATS, type NormalizedEvent } from '../../contracts/security-event.js';
import { PageQuery } from '../../platform/http/page.js';
import { IsTime } from '../../platform/http/is-time.js';
import type { RetiredMonth } from '../retention/retired-months.js';

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** What events are searched by: everything given must hold. */
export class EventQuery extends PageQuery {
  /** Earliest event time, RFC 3339. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** Latest event time, RFC 3339. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** Host name, in full or its first label. */
  @trimmed
  @IsString()
  @Length(1, 256)
  @IsOptional()
  host?: string;

  /** User name, bare or `domain\user`. */
  @trimmed
  @IsString()
  @Length(1, 256)
  @IsOptional()
  user?: string;

  /** IP address. */
  @trimmed
  @IsString()
  @Length(1, 64)
  @IsOptional()
  ip?: string;

  /** Digest of a file, in hexadecimal. */
  @trimmed
  @IsString()
  @Length(1, 256)
  @IsOptional()
  hash?: string;

  /** File name of a process, or its full path. */
  @trimmed
  @IsString()
  @Length(1, 256)
  @IsOptional()
  process?: string;

  /** A rule that matched the event. */
  @IsString()
  @Length(1, 256)
  @IsOptional()
  rule_id?: string;

  /** Text anywhere in the original, whatever its case. */
  @IsString()
  @Length(1, 256)
  @IsOptional()
  q?: string;
}

/** Hours that are accounted for. */
export class AccountingQuery {
  /** First hour, RFC 3339; 24 hours before `to` by default. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** End, not included; now by default. At most 31 days after `from`. */
  @IsTime()
  @IsOptional()
  to?: string;
}

/** What was understood of an event, whatever it looked like. */
export class NormalizedEventDto implements NormalizedEvent {
  time: string;
  @ApiProperty({ enum: EVENT_FORMATS })
  format: NormalizedEvent['format'];
  product?: string;
  service?: string;
  action?: string;
  outcome?: 'success' | 'failure';
  host?: string;
  user?: string;
  src_ip?: string;
  dst_ip?: string;
  dst_port?: number;
  domain?: string;
  url?: string;
  process?: string;
  parent_process?: string;
  command_line?: string;
  file?: string;
  hashes?: string[];
  cloud_account?: string;
}

/** An event in a list. */
export class FoundEventDto {
  event_id: string;
  batch_id: string;
  time: string;
  received_at: string;
  /** Format that the event was read as. */
  format: string;
  /** Format that the sender named, or auto. */
  source: string;
  @ApiProperty({ type: NormalizedEventDto })
  normalized: NormalizedEvent;
  /** Ids of the rules that matched. */
  rules: string[];
}

/** What a search has looked at. */
export class ScannedDto {
  chunks: number;
  events: number;
  bytes: number;
}

/** What a search has not looked at yet. */
export class RemainingDto {
  /** Chunks that may hold matches; counted up to 10,000. */
  chunks: number;
}

/** A page of a search, newest arrival first. A page may be empty and still have a next one. */
export class EventPageDto {
  items: FoundEventDto[];
  next_cursor: string | null;
  scanned: ScannedDto;
  remaining: RemainingDto;
}

/** An event as it was sent, and as it was understood. */
export class EventDto extends FoundEventDto {
  tenant_id: string;
  /** The original, parsed. */
  original: Record<string, unknown>;
  /** The original, byte for byte. */
  raw: string;
}

/** What became of a batch. */
export class BatchReceiptDto {
  batch_id: string;
  tenant_id: string;
  correlation_id: string;
  received_at: string;
  received: number;
  /** Events that were stored. */
  accepted: number;
  duplicates: number;
  /** Events by the code that they were rejected with. */
  rejected: Record<string, number>;
  /** Whether what was stored has been inspected; where not, it will be. */
  inspected: boolean;
  /** Whether something was detected that has not become an alert yet. */
  alerts_pending: boolean;
}

/** What became of the events received in one hour. */
export class AccountedHourDto {
  hour: string;
  received: number;
  stored: number;
  duplicates: number;
  /** Events by the code that they were rejected with. */
  rejected: Record<string, number>;
  /** Events by the reason why they were turned away. */
  shed: Record<string, number>;
  /** received − stored − duplicates − rejected − shed; anything but 0 is an alarm. */
  remainder: number;
}

/** A month of events that was removed because its time was over. */
export class RetiredMonthDto implements RetiredMonth {
  @ApiProperty({ example: '2026-01' })
  month: string;
  events: number;
  bytes: number;
  /** RFC 3339 UTC. */
  retired_at: string;
}

/** The balance of a span of hours. */
export class AccountingDto {
  from: string;
  to: string;
  hours: AccountedHourDto[];
  remainder: number;
  /** Months of the span that were removed; their hours are not among those above. */
  retired_months: RetiredMonthDto[];
}
