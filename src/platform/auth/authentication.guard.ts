import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ClsService } from 'nestjs-cls';
import { Problem } from '../problems/problem.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { ROUTE_ACCESS, type RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { CREDENTIAL_STRATEGIES, type CredentialStrategy } from './credential-strategy.js';
import { unauthenticated } from './unauthenticated.js';

/** Finds out who calls. A route that does not say who may call it answers nobody. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cls: ClsService<RequestContext>,
    @Inject(CREDENTIAL_STRATEGIES) private readonly strategies: readonly CredentialStrategy[],
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [context.getHandler(), context.getClass()]);
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    request.sourceIp = this.cls.get('sourceIp');
    if (!access) throw new Problem('forbidden', 'This route is not open to anybody.');
    if (access.kind === 'public' || access.kind === 'own-credential') return true;
    const principal = await this.strategies.find((strategy) => strategy.applies(request, access))?.authenticate(request, access);
    if (!principal) throw unauthenticated();
    this.cls.set('principal', principal);
    request.caller = { principal, correlationId: this.cls.get('correlationId'), sourceIp: this.cls.get('sourceIp') };
    return true;
  }
}
