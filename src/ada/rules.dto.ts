import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { DETECTORS, type DetectorKind } from '../contracts/detection.js';
import { RULE_TYPES, type RuleSummary, type RuleType, type UnsupportedRule } from '../contracts/rule-catalog.js';
import { SEVERITIES, type Severity } from '../contracts/severity.js';
import { SomeOf, SomeTexts } from '../platform/http/list-filter.js';
import { PageQuery, type Page } from '../platform/http/page.js';

/** Which rules are wanted; a filter given several times takes any of its values, different filters must all hold. */
export class RuleQuery extends PageQuery {
  @SomeOf(SEVERITIES)
  level?: Severity[];

  /** What kind of rule: `correlation`, `filter`. */
  @SomeOf(RULE_TYPES)
  type?: RuleType[];

  /** Product of the rule's log source: `windows`, `linux`, `aws`. */
  @SomeTexts(64)
  product?: string[];

  /** ATT&CK technique; `T1059` takes its sub-techniques too. */
  @SomeTexts(16)
  @Matches(/^T\d{4}(?:\.\d{3})?$/i, { each: true })
  technique?: string[];

  /** Text in the id, title or description. */
  @IsString()
  @MaxLength(200)
  @IsOptional()
  q?: string;
}

/** Where a rule's events come from. */
export class LogsourceDto {
  @ApiProperty({ example: 'windows' })
  product?: string;

  @ApiProperty({ example: 'process_creation' })
  category?: string;

  service?: string;
}

/** A rule in force. */
export class RuleDto implements RuleSummary {
  @ApiProperty({ example: 'gatra.statistical.first-seen-spawn' })
  id: string;

  title: string;

  /** To be shown wherever the rule or one of its matches is. */
  author: string;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  level: Severity;

  @ApiProperty({ example: 'Apache-2.0' })
  license: string;

  @ApiProperty({ enum: DETECTORS, example: 'sigma' })
  detector: DetectorKind;

  @ApiProperty({ enum: RULE_TYPES, example: 'detection' })
  type: RuleType;

  /** Whether it raises alerts: filters do not, nor do rules that only serve correlations. */
  alerts: boolean;

  /** Ids or names of the rules that a correlation or a filter refers to. */
  @ApiProperty({ example: [] })
  rules: string[];

  @ApiProperty({ example: 'stable' })
  status: string;

  description: string;

  @ApiProperty({ example: ['T1059.001'] })
  techniques: string[];

  @ApiProperty({ example: ['execution'] })
  tactics: string[];

  @ApiProperty({ type: LogsourceDto })
  logsource: LogsourceDto;

  falsepositives: string[];
}

/** A page of rules, ordered by id. */
export class RulePage implements Page<RuleDto> {
  @ApiProperty({ type: [RuleDto] })
  items: RuleDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}

/** A document among the rules that is not in force. */
export class RuleIssueDto implements UnsupportedRule {
  @ApiProperty({ example: 'rules/windows/placeholder.yml' })
  path: string;

  /** Line of the file, from 1, where what is wrong stands; null where it is the file as a whole. */
  @ApiProperty({ type: Number, nullable: true, example: 14 })
  line: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Logon From Unknown Domain Controller' })
  title: string | null;

  @ApiProperty({ example: 'the placeholder %dc_machine_accounts% has no values' })
  reason: string;
}

/** A page of rule documents that are not in force, ordered by path. */
export class RuleIssuePage implements Page<RuleIssueDto> {
  @ApiProperty({ type: [RuleIssueDto] })
  items: RuleIssueDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}
