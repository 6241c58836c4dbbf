import { createHash } from 'node:crypto';
import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  normalizeIp,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import type { Response } from 'express';
import { ClsService } from 'nestjs-cls';
import type { Config } from '../config/config.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { rateLimited } from './ingest-limiter.js';
import type { ThrottlerLimits } from './throttler-limits.js';

/** Names of the throttlers, as routes skip them by and callers are told them by. */
export const ADDRESS = 'address';
export const CREDENTIAL = 'credential';

const MINUTE_MS = 60_000;

/** The throttlers' limits, kept where all limits are. */
export function throttlerOptions(limits: Config['rateLimits'], storage: ThrottlerLimits): ThrottlerModuleOptions {
  const throttlers = [
    { name: ADDRESS, ttl: MINUTE_MS, limit: limits.addressPerMinute },
    { name: CREDENTIAL, ttl: MINUTE_MS, limit: limits.credentialPerMinute },
  ];
  return { throttlers, storage };
}

/** One of the throttlers, over all routes together, answering as the other limits do. */
abstract class ThrottlingGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) private readonly limits: ThrottlerLimits,
    reflector: Reflector,
    protected readonly cls: ClsService<RequestContext>,
  ) {
    super(options, limits, reflector);
  }

  protected abstract readonly name: string;

  /** Whose requests are counted together; `undefined` where these are not counted. */
  protected abstract counted(): string | undefined;

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.throttlers = this.throttlers.filter(({ name }) => name === this.name);
  }

  protected override async handleRequest({ context, limit, ttl, blockDuration }: ThrottlerRequest): Promise<boolean> {
    const counted = this.counted();
    if (counted === undefined) return true;
    const request = await this.limits.increment(`${this.name}:${counted}`, ttl, limit, blockDuration, this.name);
    if (request.isBlocked) throw rateLimited(request.policy, request.headers);
    responseOf(context).set(request.headers);
    return true;
  }
}

/** Limits the requests of one client address before its credential is looked at. IPv6 addresses count by their network (/64). */
@Injectable()
export class AddressThrottlingGuard extends ThrottlingGuard {
  protected readonly name = ADDRESS;

  protected counted(): string {
    return normalizeIp(this.cls.get('sourceIp'), this.ipv6SubnetPrefix) || 'unknown';
  }
}

/** Limits the requests made with one credential, tokens that it was exchanged for included. */
@Injectable()
export class CredentialThrottlingGuard extends ThrottlingGuard {
  protected readonly name = CREDENTIAL;

  protected counted(): string | undefined {
    const principal = this.cls.get('principal');
    if (!principal) return undefined;
    const { keyId, issuer = '', subject } = principal;
    return keyId ?? createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url');
  }
}

function responseOf(context: ExecutionContext): Response {
  return context.switchToHttp().getResponse<Response>();
}
