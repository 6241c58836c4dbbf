import type { FactoryProvider } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { Config } from '../config/config.js';
import { Tracing } from '../observability/tracing/tracing.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { contextHeaders } from './context-headers.js';
import { OutboundHttp } from './outbound-http.js';

/** Calls that leave, with the headers of the work under way and as a part of its trace. */
export function outboundProvider({ outbound }: Config): FactoryProvider<OutboundHttp> {
  return {
    provide: OutboundHttp,
    inject: [ClsService, Tracing],
    useFactory: (cls: ClsService<RequestContext>, tracing: Tracing) =>
      new OutboundHttp(outbound.allow, undefined, () => contextHeaders(cls), tracing),
  };
}
