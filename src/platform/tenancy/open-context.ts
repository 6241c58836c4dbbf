import type { Request, Response } from 'express';
import type { ClsService } from 'nestjs-cls';
import type { Config } from '../config/config.js';
import { clientAddress, peerOf, readBlocks } from '../http/client-address.js';
import { correlationIdOf } from '../http/correlation-id.js';
import { keepContext } from './context-of-response.js';
import type { RequestContext } from './request-context.js';

/** Sets up what logs and records say of a request: its correlation id, and the address that it comes from as trusted proxies tell it. */
export function openContext({ http }: Config): (cls: ClsService, request: Request, response: Response) => void {
  const trusted = readBlocks(http.trustedProxies);
  return (cls, request, response) => {
    const context = cls as ClsService<RequestContext>;
    context.set('correlationId', correlationIdOf(response));
    context.set('sourceIp', clientAddress(peerOf(request), trusted));
    keepContext(response, context.get());
  };
}
