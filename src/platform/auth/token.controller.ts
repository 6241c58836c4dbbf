import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Clock } from '../clock/clock.js';
import { OwnIdempotency } from '../idempotency/idempotency.interceptor.js';
import { AllowAnyApiKey } from './allow.decorator.js';
import { AsCaller, type Caller } from './caller.decorator.js';
import { TokenDto } from './token.dto.js';
import { TokenIssuer } from './tokens/token-issuer.js';

/** Exchanges API keys for short-lived tokens. */
@ApiTags('auth')
@Controller('api/v1/auth')
export class TokenController {
  constructor(
    private readonly tokens: TokenIssuer,
    private readonly clock: Clock,
  ) {}

  /** Exchanges the API key in `X-API-Key` for an access token. Every exchange makes a new one, so no key of a request is kept. */
  @Post('token')
  @HttpCode(200)
  @OwnIdempotency()
  @AllowAnyApiKey()
  @ApiOkResponse({ type: TokenDto })
  async exchange(@AsCaller() caller: Caller): Promise<TokenDto> {
    const { accessToken, expiresIn } = await this.tokens.issue(caller.principal, this.clock.now());
    return { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn };
  }
}
