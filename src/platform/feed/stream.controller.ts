import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Allow } from '../auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../auth/caller.decorator.js';
import { Problem } from '../problems/problem.js';
import { positionOf } from './feed-event.js';
import { permissionFor, typesFor, type FeedType } from './feed-types.js';
import { OpenStreams } from './open-streams.js';
import { StreamQuery } from './stream.dto.js';
import { DescribeStream } from './stream.openapi.js';

const EVENT_STREAM = /(?:^|,)\s*text\/event-stream\s*(?:;|,|$)/i;

/** What happens in a tenant, as it happens. */
@ApiTags('stream')
@Controller('api/v1/stream')
export class StreamController {
  constructor(private readonly streams: OpenStreams) {}

  /**
   * Alerts, incidents, approvals and containment actions as they change, each change once and in order, also over restarts and at another instance. Events name
   * objects; what these hold is read where they are.
   */
  @Get()
  @Allow('stream:read')
  @DescribeStream()
  open(@InTenant() caller: TenantCaller, @Query() query: StreamQuery, @Req() request: Request, @Res() response: Response): void {
    if (!EVENT_STREAM.test(request.headers.accept ?? ''))
      throw new Problem('not-acceptable', 'This answer has no end: ask for it with Accept: text/event-stream.');
    const { tenant, principal, sourceIp: address } = caller;
    const types = heardTypes(caller, query.types);
    const last = request.headers['last-event-id'];
    const from = last === undefined ? undefined : (positionOf(String(last)) ?? null);
    if (request.method === 'HEAD') response.type('text/event-stream').end();
    else this.streams.serve({ tenant, principal, address, types }, response, from);
  }
}

/** @throws Problem 403 where one that is asked for may not be heard, or none may. */
function heardTypes({ tenant, principal }: TenantCaller, asked: readonly FeedType[] | undefined): ReadonlySet<FeedType> {
  const allowed = typesFor(principal, tenant);
  const refused = asked?.find((type) => !allowed.has(type));
  if (refused !== undefined || allowed.size === 0) {
    const permission = permissionFor(refused ?? 'alert.raised');
    throw new Problem('forbidden', `The permission ${permission} is needed.`, { members: { permission } });
  }
  return asked === undefined ? allowed : new Set(asked);
}
