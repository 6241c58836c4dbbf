import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { ShownOnce } from '../platform/idempotency/idempotency.interceptor.js';
import { notFound } from '../platform/problems/problem.js';
import { EXTERNAL_LISTS, isExternalList } from './domain/external-list.js';
import { ExternalListCredentialDto, ExternalListsDto } from './edl.dto.js';
import { EdlService } from './edl.service.js';

/** External dynamic lists, as their administrators see them. */
@ApiTags('edl')
@Controller('api/v1/edl')
export class EdlListsController {
  constructor(private readonly edl: EdlService) {}

  /** The lists with their URLs and numbers of entries. */
  @Get()
  @Allow('containment:read')
  @ApiOkResponse({ type: ExternalListsDto })
  async describe(@InTenant() caller: TenantCaller): Promise<ExternalListsDto> {
    return { items: await this.edl.describe(caller.tenant) };
  }

  /** Makes the credential that a list is polled with, or replaces it. The password is shown this once. */
  @Post(':list/credential')
  @Audited('tenant', 'edl.credential_renewed')
  @ShownOnce()
  @Allow('edl:manage')
  @ApiParam({ name: 'list', enum: EXTERNAL_LISTS })
  @ApiCreatedResponse({ type: ExternalListCredentialDto })
  async renewCredential(@InTenant() caller: TenantCaller, @Param('list') list: string): Promise<ExternalListCredentialDto> {
    if (!isExternalList(list)) throw notFound();
    return this.edl.renewCredential(caller, list);
  }
}
