import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BearerStrategy } from '../auth/bearer-strategy.js';
import type { AdmittedRequest } from '../auth/caller.decorator.js';
import { allows } from '../auth/permissions.js';
import { unauthenticated } from '../auth/unauthenticated.js';
import { Problem } from '../problems/problem.js';
import { MetricsToken } from './metrics-token.js';

/** Lets a scraper in with the metrics token, or a platform-admin with a JWT. */
@Injectable()
export class MetricsAccessGuard implements CanActivate {
  constructor(
    private readonly token: MetricsToken,
    private readonly bearer: BearerStrategy,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const presented = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (presented !== undefined && this.isMetricsToken(presented)) return true;
    const principal = await this.bearer.authenticate(request);
    if (!principal) throw unauthenticated();
    if (!allows('metrics:read', principal.platformRoles, principal.scopes)) {
      throw new Problem('forbidden', 'The permission metrics:read is needed.', { members: { permission: 'metrics:read' } });
    }
    return true;
  }

  private isMetricsToken(presented: string): boolean {
    return this.token.value?.live.some(({ bytes }) => isSame(Buffer.from(presented), bytes)) === true;
  }
}

function isSame(a: Buffer, b: Buffer): boolean {
  const digest = (value: Buffer): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
