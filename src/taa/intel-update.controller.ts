import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import { AllowService } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { ImportResultDto, StixBundleDto } from './indicators.dto.js';
import { IndicatorsService, type ImportResult } from './indicators.service.js';

const LARGEST_BUNDLE = 4 * 1024 * 1024;

/** Indicators that other services learned of. */
@ApiTags('between services')
@Controller('api/v1/threat-intel')
export class IntelUpdateController {
  constructor(private readonly indicators: IndicatorsService) {}

  /** Takes the indicators of a STIX 2.1 bundle for a tenant, as a person's bundle is taken; the service is named in the audit log. */
  @Post('update')
  @Audited('tenant', 'indicators.changed')
  @HttpCode(200)
  @AllowService({ from: ['mssp', 'cla'], largestBody: LARGEST_BUNDLE })
  @ApiOkResponse({ type: ImportResultDto })
  update(@InTenant() caller: TenantCaller, @Body() bundle: StixBundleDto): Promise<ImportResult> {
    return this.indicators.import(caller.tenant, bundle.objects, deedOf(caller));
  }
}
