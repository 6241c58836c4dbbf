import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AllowAnyToken } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import { OwnIdempotency } from '../idempotency/idempotency.interceptor.js';
import { Revocations } from './revocations.js';

/** Ends tokens. */
@ApiTags('auth')
@Controller('api/v1/auth')
export class RevocationController {
  constructor(private readonly revocations: Revocations) {}

  /** Logs out: the token that the request carries is refused from now on, on every instance. The key that it was exchanged for stays. */
  @Post('revoke')
  @Audited('platform', 'token.revoked')
  @HttpCode(204)
  @OwnIdempotency()
  @AllowAnyToken()
  @ApiNoContentResponse()
  async revoke(@AsCaller() caller: Caller): Promise<void> {
    const { principal } = caller;
    await this.revocations.revokeToken(principal, {
      ...deedOf(caller),
      action: 'token.revoked',
      target: { type: 'token', id: principal.tokenId ?? '' },
      outcome: 'success',
    });
  }
}
