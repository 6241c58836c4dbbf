import { ApiProperty } from '@nestjs/swagger';

const RULE = 'a3f1b5d0-4a2e-4a55-9a53-2d0c1b7f6e21';

/** Some rules. */
export class NamedRulesDto {
  @ApiProperty({ example: 1 })
  count: number;

  /** The first hundred ids, in order. */
  @ApiProperty({ type: [String], example: [RULE] })
  ids: string[];
}

/** What is in force of the files of rules and filters of all tenants, beside what was before. */
export class RuleReloadDto {
  /** Counts the sets that this process has had in force: 1 is that of its start. */
  @ApiProperty({ example: 2 })
  generation: number;

  @ApiProperty({ type: NamedRulesDto })
  added: NamedRulesDto;

  @ApiProperty({ type: NamedRulesDto })
  removed: NamedRulesDto;

  /** Written in another way than before. */
  @ApiProperty({ type: NamedRulesDto })
  changed: NamedRulesDto;

  @ApiProperty({ example: 106 })
  unchanged: number;

  /** Documents that are not in force, as something is wrong in them: `GET /api/v1/rule-issues` names them. */
  @ApiProperty({ example: 0 })
  failed: number;
}
