import { claimsOf } from './assessment.js';

/** Context, limits and isolation of tenants. */
export const TENANCY_CLAIMS = claimsOf('Multi-tenancy', [
  ['2.2', 'the tenant follows a request through everything that waits', 'R20 TEN-07'],
  ['2.2', 'the tenant comes from the credential alone', 'P04', 'deployment.isolation'],
  ['2.2', 'outgoing calls carry the tenant', 'R21'],
  ['2.2', 'limits of tenants are configured, and checked when they are read', 'R23'],
  ['2.2', 'limits are enforced', 'R25 RL-05', 'deployment.limits'],
  ['2.2', 'a token bucket, in memory and in Redis, that instances share', 'RL-01 RL-02 RL-03 RL-04', 'settings.instances'],
  ['2.2', 'each tenant has limits of its own, an unknown one the default', 'P18 RL-11'],
  ['2.2', 'Retry-After and the rate-limit headers, which are kept to', 'R26 P16 RL-09'],
  ['2.2', 'limits hold while Redis is lost', 'P17 RL-08'],
  ['2.2', 'stores are scoped by construction', 'R22 P07'],
  ['2.2', 'each tenant has a topic of its own', 'src/platform/tenancy/topic-name.spec.ts test/e2e/pubsub-events.spec.ts'],
  ['2.2', 'row-level security in the shared database', 'TEN-08', 'environment.database-role'],
  ['2.2', 'nobody reaches another tenant, by any operation', 'TEN-02 TEN-06'],
  ['2.2', "what is another tenant's answers as what is missing", 'TEN-03 TEN-09'],
  ['2.2', 'the life of a tenant, with proof of its erasure', 'R24 TEN-10'],
  ['2.3', 'each tenant has an encryption key of its own', 'R18', 'settings.encryption'],
  ['2.3', 'a noisy neighbour does not slow the others down', 'TEN-11 TEN-12 TEN-13'],
  ['2.3', 'compute can be set apart by namespaces', 'R61'],
]);
