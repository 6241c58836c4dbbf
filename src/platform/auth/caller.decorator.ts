import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { TenantId } from '../../contracts/tenant.js';
import type { CredentialRefusal } from './credential-refusal.js';
import type { Principal } from './principal.js';

/** What the door knows of whoever calls: the principal, and the request's correlation id and address. */
export interface Caller {
  readonly principal: Principal;
  readonly correlationId: string;
  readonly sourceIp: string;
}

/** The caller inside one tenant. */
export interface TenantCaller extends Caller {
  readonly tenant: TenantId;
}

/** A request that has passed the door, or was refused there. */
export interface AdmittedRequest extends Request {
  caller?: Caller & { readonly tenant?: TenantId };
  /** Address of the client. */
  sourceIp?: string;
  refusal?: CredentialRefusal;
}

/** Handler parameter: the caller of a tenant route. */
export const InTenant = createParamDecorator((_: unknown, context: ExecutionContext): TenantCaller => {
  const { caller } = context.switchToHttp().getRequest<AdmittedRequest>();
  if (!caller?.tenant) throw new Error('this handler needs a tenant route');
  return { ...caller, tenant: caller.tenant };
});

/** Handler parameter: the caller of a platform route. */
export const AsCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AdmittedRequest>();
  if (!caller) throw new Error('this handler needs an authenticated route');
  return caller;
});
