import { Controller, Get, Header, Param, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { toTenantId } from '../contracts/tenant.js';
import { AllowOwnCredential } from '../platform/auth/allow.decorator.js';
import { notFound } from '../platform/problems/problem.js';
import { EXTERNAL_LISTS, isExternalList } from './domain/external-list.js';
import { EdlCredentialGuard } from './edl-credential.guard.js';
import { EdlService } from './edl.service.js';

/** External dynamic lists, as firewalls poll them. */
@ApiTags('edl')
@Controller('edl')
export class EdlController {
  constructor(private readonly edl: EdlService) {}

  /** The list as plain text, one entry a line, sorted. Send `If-None-Match` to be answered 304 while it has not changed. */
  @Get(':tenant_id/:list')
  @AllowOwnCredential('basic')
  @UseGuards(EdlCredentialGuard)
  @Header('Cache-Control', 'private, no-cache')
  @ApiParam({ name: 'list', enum: EXTERNAL_LISTS })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 304, description: 'The list is still the one that the entity tag is of.' })
  @ApiOkResponse({ schema: { type: 'string', example: '198.51.100.7\n203.0.113.9\n' } })
  async serve(
    @Param('tenant_id') tenant: string,
    @Param('list') list: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    if (!isExternalList(list)) throw notFound();
    const { text, etag } = await this.edl.serve(toTenantId(tenant), list);
    response.type('text/plain; charset=utf-8').setHeader('ETag', etag);
    return text;
  }
}
