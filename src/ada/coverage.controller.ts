import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { AttackLayerDto, AttackLayerQuery } from './coverage.dto.js';
import { type AttackLayer, attackLayer } from './domain/attack/attack-layer.js';
import { AttackSource } from './domain/attack/attack-source.js';
import { RuleHistory } from './rule-history.js';

/** What the rules look for, and what they saw. */
@ApiTags('rules')
@Controller('api/v1/coverage')
export class CoverageController {
  constructor(
    private readonly history: RuleHistory,
    private readonly attack: AttackSource,
  ) {}

  /**
   * The ATT&CK techniques that the tenant's rules look for, as a layer that the ATT&CK Navigator opens (format 4.5). Each says how many alerts its rules raised and when the last; by
   * `seen` that is its score, and techniques of rules that are gone are among them.
   */
  @Get('attack-layer')
  @Allow('rules:read')
  @ApiOkResponse({ type: AttackLayerDto })
  async layer(@InTenant() caller: TenantCaller, @Query() { by, days }: AttackLayerQuery): Promise<AttackLayer> {
    const { records } = await this.history.list(caller.tenant, days);
    return attackLayer(records, await this.attack.catalog(), { by, days });
  }
}
