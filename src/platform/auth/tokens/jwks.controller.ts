import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AllowEverybody } from '../allow.decorator.js';
import { JwkSetDto } from './jwks.dto.js';
import { LocalKeys } from './local-keys.js';

/** Public keys of the tokens that are issued here. */
@ApiTags('auth')
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(private readonly keys: LocalKeys) {}

  /** The public keys of access tokens as a key set (RFC 7517 §5). A key is in it before the first token is signed with it, and until the last has expired. */
  @Get()
  @AllowEverybody()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOkResponse({ type: JwkSetDto })
  @ApiResponse({ status: 304, description: 'The caller says that it has some answer and is content with it.' })
  async serve(): Promise<JwkSetDto> {
    return { keys: [...(await this.keys.published())] };
  }
}
