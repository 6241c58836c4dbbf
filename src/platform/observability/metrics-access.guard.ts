import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AccessTokens } from '../auth/access-token.js';
import { KeyAuthenticator } from '../auth/key-authenticator.js';
import { allows } from '../auth/permissions.js';
import { Clock } from '../clock/clock.js';
import { Problem } from '../problems/problem.js';
import { MetricsToken } from './metrics-token.js';

/** Lets a scraper in with the metrics token, or a platform-admin with a JWT. */
@Injectable()
export class MetricsAccessGuard implements CanActivate {
  constructor(
    private readonly token: MetricsToken,
    private readonly tokens: AccessTokens,
    private readonly keys: KeyAuthenticator,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const presented = /^Bearer (.+)$/i.exec(context.switchToHttp().getRequest<Request>().headers.authorization ?? '')?.[1];
    if (presented === undefined) throw refused();
    if (this.token.value?.live.some(({ bytes }) => same(Buffer.from(presented), bytes))) return true;
    const principal = await this.tokens.read(presented, this.clock.now());
    if (!principal?.keyId || !(await this.keys.isKeyLive(principal.keyId))) throw refused();
    if (!allows('metrics:read', principal.platformRoles)) {
      throw new Problem('forbidden', 'The permission metrics:read is needed.', { members: { permission: 'metrics:read' } });
    }
    return true;
  }
}

function refused(): Problem {
  return new Problem('unauthenticated', 'Send the metrics token or a platform-admin token as a bearer token.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="gatra"' },
  });
}

function same(a: Buffer, b: Buffer): boolean {
  const digest = (value: Buffer): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
