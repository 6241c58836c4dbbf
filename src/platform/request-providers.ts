import type { Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AuthenticationGuard } from './auth/authentication.guard.js';
import { PermissionGuard } from './auth/permission.guard.js';
import { RecentSignInGuard } from './auth/recent-sign-in.guard.js';
import { ControlPlaneBodyInterceptor } from './http/control-plane-body.interceptor.js';
import { validationPipe } from './http/validation.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { AddressThrottlingGuard, CredentialThrottlingGuard } from './rate-limit/throttling.guard.js';
import { DeadlineInterceptor } from './resilience/deadline.interceptor.js';

/** What every request passes, in the order in which it does. */
export const requestProviders: readonly Provider[] = [
  { provide: APP_GUARD, useClass: AddressThrottlingGuard },
  { provide: APP_GUARD, useClass: AuthenticationGuard },
  { provide: APP_GUARD, useClass: PermissionGuard },
  { provide: APP_GUARD, useClass: RecentSignInGuard },
  { provide: APP_GUARD, useClass: CredentialThrottlingGuard },
  { provide: APP_INTERCEPTOR, useClass: ControlPlaneBodyInterceptor },
  { provide: APP_INTERCEPTOR, useClass: DeadlineInterceptor },
  { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  { provide: APP_PIPE, useFactory: validationPipe },
  { provide: APP_FILTER, useClass: ProblemFilter },
];
