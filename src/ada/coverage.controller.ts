import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RuleCatalog } from '../contracts/rule-catalog.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { AttackLayerDto } from './coverage.dto.js';
import { type AttackLayer, attackLayer } from './domain/attack/attack-layer.js';
import { AttackSource } from './domain/attack/attack-source.js';

/** What the rules in force look for. */
@ApiTags('rules')
@Controller('api/v1/coverage')
export class CoverageController {
  constructor(
    private readonly rules: RuleCatalog,
    private readonly attack: AttackSource,
  ) {}

  /** The ATT&CK techniques that the tenant's rules look for, as a layer that the ATT&CK Navigator opens (format 4.5). */
  @Get('attack-layer')
  @Allow('rules:read')
  @ApiOkResponse({ type: AttackLayerDto })
  async layer(@InTenant() caller: TenantCaller): Promise<AttackLayer> {
    return attackLayer(await this.rules.list(caller.tenant), await this.attack.catalog());
  }
}
