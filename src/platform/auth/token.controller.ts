import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditLog } from '../audit/audit-log.js';
import { Audited } from '../audit/audited.decorator.js';
import { Clock } from '../clock/clock.js';
import { OwnIdempotency } from '../idempotency/idempotency.interceptor.js';
import { AllowAnyApiKey } from './allow.decorator.js';
import { AsCaller, type Caller } from './caller.decorator.js';
import { deedOf } from './deed-of.js';
import { logOfCaller } from './log-of-caller.js';
import { TokenDto } from './token.dto.js';
import { TokenIssuer } from './tokens/token-issuer.js';

/** Exchanges API keys for short-lived tokens. */
@ApiTags('auth')
@Controller('api/v1/auth')
export class TokenController {
  constructor(
    private readonly tokens: TokenIssuer,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /** Exchanges the API key in `X-API-Key` for an access token. Every exchange makes a new one, so no key of a request is kept. */
  @Post('token')
  @Audited('tenant', 'token.issued')
  @HttpCode(200)
  @OwnIdempotency()
  @AllowAnyApiKey()
  @ApiOkResponse({ type: TokenDto })
  async exchange(@AsCaller() caller: Caller): Promise<TokenDto> {
    const { accessToken, tokenId, expiresIn } = await this.tokens.issue(caller.principal, this.clock.now());
    const target = { type: 'token', id: tokenId };
    const details = { key_id: caller.principal.keyId, expires_in: expiresIn };
    await this.audit.append(logOfCaller(caller), [{ ...deedOf(caller), action: 'token.issued', target, outcome: 'success', details }]);
    return { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn };
  }
}
