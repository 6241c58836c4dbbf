import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ClsService } from 'nestjs-cls';
import { Clock } from '../clock/clock.js';
import { Problem } from '../problems/problem.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { AccessTokens } from './access-token.js';
import { ROUTE_ACCESS, type RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/** Finds out who calls. A route that does not say who may call it answers nobody. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cls: ClsService<RequestContext>,
    private readonly tokens: AccessTokens,
    private readonly keys: KeyAuthenticator,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [context.getHandler(), context.getClass()]);
    if (!access) throw new Problem('forbidden', 'This route is not open to anybody.');
    if (access.kind === 'public' || access.kind === 'own-credential') return true;
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const principal = await this.authenticate(request, access);
    if (!principal) throw unauthenticated();
    this.cls.set('principal', principal);
    request.caller = { principal, correlationId: this.cls.get('correlationId'), sourceIp: this.cls.get('sourceIp') };
    return true;
  }

  private async authenticate(request: AdmittedRequest, access: RouteAccess): Promise<Principal | undefined> {
    const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const apiKey = request.headers['x-api-key'];
    const takesKey = access.kind === 'any-credential' || (access.kind === 'permission' && access.apiKey);
    if (takesKey && typeof apiKey === 'string') return this.keys.authenticate(apiKey);
    if (!bearer || access.kind === 'any-credential') return undefined;
    const principal = await this.tokens.read(bearer, this.clock.now());
    return principal && (await this.keys.isKeyLive(principal.keyId)) ? principal : undefined;
  }
}

function unauthenticated(): Problem {
  return new Problem('unauthenticated', 'Send a valid credential: a bearer token, or an API key where the route takes one.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="gatra"' },
  });
}
