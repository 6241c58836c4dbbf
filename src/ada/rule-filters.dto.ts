import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../platform/http/may-be-left-out.js';
import type { ShownFilters } from './rule-filters.service.js';
import { RuleDto, RuleIssueDto } from './rules.dto.js';

const EXAMPLE = `title: Backups of the file server
id: 7d6f30a2-94c4-4f5e-9a52-0b7d5a1f3c11
logsource: { product: windows, category: process_creation }
filter:
  rules: any
  selection: { User|endswith: 'svc-backup', Image|endswith: '\\backup.exe' }
  condition: selection
`;

/** What is to stand in the place of all filters of the tenant. */
export class RuleFiltersBody {
  /** Sigma filter rules in YAML, one or more documents, at most 64 Ki characters. */
  @ApiProperty({ example: EXAMPLE })
  @IsString()
  @Length(1, 65_536)
  document: string;

  /** The version that was read; or send it as `If-Match`. Left out, whichever there is. */
  @ApiProperty({ required: false, example: 0 })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  @MayBeLeftOut()
  version?: number;
}

/** The filters that a tenant has of its own. */
export class RuleFiltersDto implements ShownFilters {
  /** Counts up with every change; 0 where there never were any. */
  @ApiProperty({ example: 1 })
  version: number;

  /** As it was sent; empty where there are none. */
  @ApiProperty({ example: EXAMPLE })
  document: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-11-23T06:00:00.000Z' })
  updated_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'analyst@acme-corp' })
  updated_by: string | null;

  /** Those in force. */
  @ApiProperty({ type: [RuleDto] })
  filters: RuleDto[];

  /** Those that are not, as the rules in force have changed since they were sent. */
  @ApiProperty({ type: [RuleIssueDto] })
  issues: RuleIssueDto[];
}
