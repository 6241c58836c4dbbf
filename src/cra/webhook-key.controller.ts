import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import { AuditLog } from '../platform/audit/audit-log.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { WebhookKeyDto } from './webhook-key.dto.js';
import { WebhookKeys } from './webhook-keys.js';

/** Shows a tenant's administrators what their receivers check webhooks with. */
@ApiTags('webhooks')
@Controller('api/v1/webhooks/signing-key')
export class WebhookKeyController {
  constructor(
    private readonly keys: WebhookKeys,
    private readonly audit: AuditLog,
  ) {}

  /** The key that the tenant's webhooks are signed with. Every look at it is audited. */
  @Get()
  @Audited('tenant', 'webhook_key.shown')
  @Allow('webhooks:manage')
  @ApiOkResponse({ type: WebhookKeyDto })
  async show(@InTenant() caller: TenantCaller): Promise<WebhookKeyDto> {
    const { tenant } = caller;
    const shown = {
      ...deedOf(caller),
      action: 'webhook_key.shown',
      target: { type: 'webhook_key', id: tenant },
      outcome: 'success' as const,
    };
    await this.audit.append(tenant, [shown]);
    return { header: 'X-GATRA-Signature', algorithm: 'HMAC-SHA256', key: this.keys.of(tenant).toString('hex') };
  }
}
