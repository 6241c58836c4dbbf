import type { Provider } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { redisDependency } from '../redis/redis-policy.js';
import { currentDeadline } from '../resilience/current-deadline.js';
import { OutboundPolicies } from '../resilience/outbound-policies.js';
import type { Secrets } from '../secrets/secrets.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { MemoryNonceStore } from './memory-nonce-store.js';
import { NonceRegister } from './nonce-register.js';
import { RedisNonceStore } from './redis-nonce-store.js';
import { ServiceAuthenticator } from './service-authenticator.js';
import { ServiceKeys } from './service-keys.js';
import { ServiceSignatureStrategy } from './service-signature-strategy.js';
import { ServiceSigner } from './service-signer.js';
import { ServiceVerifier } from './service-verifier.js';
import { SignedHttpClient } from './signed-http-client.js';

/** What checks and makes signatures between services. */
export function serviceAuthProviders({ service }: Config, { serviceKey }: Secrets): Provider[] {
  const keys = new ServiceKeys(serviceKey, service.name, service.senders);
  return [
    {
      provide: NonceRegister,
      inject: [Clock, RedisConnection, OutboundPolicies],
      useFactory: (clock: Clock, redis: RedisConnection | null, policies: OutboundPolicies) =>
        new NonceRegister(new MemoryNonceStore(clock), redis && new RedisNonceStore(redis, redisDependency(policies).policy('nonces'))),
    },
    {
      provide: ServiceAuthenticator,
      inject: [NonceRegister, Clock],
      useFactory: (nonces: NonceRegister, clock: Clock) =>
        new ServiceAuthenticator({ verifier: new ServiceVerifier({ keys, skewSeconds: service.skewSeconds }), nonces, clock }),
    },
    {
      provide: SignedHttpClient,
      inject: [Clock, OutboundPolicies, ClsService],
      useFactory: (clock: Clock, policies: OutboundPolicies, cls: ClsService<RequestContext>) =>
        new SignedHttpClient(new ServiceSigner(keys, clock), policies, () => currentDeadline(cls)),
    },
    ServiceSignatureStrategy,
  ];
}
