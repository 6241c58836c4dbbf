import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Clock } from '../clock/clock.js';
import { ROUTE_ACCESS, type RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { requireRecentSignIn } from './recent-sign-in.js';
import { unauthenticated } from './unauthenticated.js';

/** Keeps routes that say so for people who have just signed in. */
@Injectable()
export class RecentSignInGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [context.getHandler(), context.getClass()]);
    if (access?.kind !== 'permission' || !access.recentSignIn) return true;
    const { caller } = context.switchToHttp().getRequest<AdmittedRequest>();
    if (!caller) throw unauthenticated();
    requireRecentSignIn(caller.principal, this.clock.now());
    return true;
  }
}
