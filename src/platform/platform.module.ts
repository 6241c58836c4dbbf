import {
  Global,
  Logger,
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { ClsModule, ClsService } from 'nestjs-cls';
import { LoggerModule } from 'nestjs-pino';
import { AuditController } from './audit/audit.controller.js';
import { AuditLog } from './audit/audit-log.js';
import { auditProviders } from './audit/audit-providers.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { PlatformKeysController } from './api-keys/platform-keys.controller.js';
import { PlatformAuditController } from './audit/platform-audit.controller.js';
import { authProviders } from './auth/auth-providers.js';
import { CredentialAttempts } from './auth/credential-attempts.js';
import { RefusalAudit } from './refusals/refusal-audit.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { revocationProviders } from './revocation/revocation-providers.js';
import { Revocations } from './revocation/revocations.js';
import { SharedChanges } from './changes/shared-changes.js';
import { Stirs } from './changes/stirs.js';
import { ApiKeyStore } from './auth/api-key-store.js';
import { ApiKeyStrategy } from './auth/api-key-strategy.js';
import { BearerStrategy } from './auth/bearer-strategy.js';
import { CREDENTIAL_STRATEGIES, type CredentialStrategy } from './auth/credential-strategy.js';
import { KeyAuthenticator } from './auth/key-authenticator.js';
import { SqliteApiKeyStore } from './auth/sqlite-api-key-store.js';
import { TokenController } from './auth/token.controller.js';
import { tokenProviders } from './auth/token-providers.js';
import { JwksController } from './auth/tokens/jwks.controller.js';
import { Clock } from './clock/clock.js';
import { SystemClock } from './clock/system-clock.js';
import { CONFIG, SECRETS } from './config/tokens.js';
import type { Config } from './config/config.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { CiphersInHand } from './encryption/ciphers-in-hand.js';
import { encryptionProviders } from './encryption/encryption-providers.js';
import { TenantKeys } from './encryption/tenant-keys.js';
import { feedProviders } from './feed/feed-providers.js';
import { StreamController } from './feed/stream.controller.js';
import { healthProviders } from './health/health-providers.js';
import { HealthController } from './health/health.controller.js';
import { ProbeRegistry } from './health/probe-registry.js';
import { IdempotencyStore } from './idempotency/idempotency-store.js';
import { SqliteIdempotencyStore } from './idempotency/sqlite-idempotency-store.js';
import { DrainController } from './lifecycle/drain.controller.js';
import { DrainState } from './lifecycle/drain-state.js';
import { LastResort } from './lifecycle/last-resort.js';
import { loggingParams } from './observability/logging.js';
import { MetricsController } from './observability/metrics.controller.js';
import { BusinessEvents } from './observability/business-events.js';
import { Metrics } from './observability/metrics.js';
import { observabilityProviders } from './observability/observability-providers.js';
import { ThreadGauges } from './observability/thread-gauges.js';
import { RequestMetricsMiddleware } from './observability/request-metrics.middleware.js';
import { RequestTraceMiddleware } from './observability/tracing/request-trace.middleware.js';
import { Tracing } from './observability/tracing/tracing.js';
import { OperationsController } from './operations/operations.controller.js';
import { OutboundHttp } from './outbound/outbound-http.js';
import { outboundProvider } from './outbound/outbound-provider.js';
import { createRateLimits } from './rate-limit/create-rate-limits.js';
import { RateLimits } from './rate-limit/rate-limits.js';
import { ThrottlerLimits } from './rate-limit/throttler-limits.js';
import { throttlerOptions } from './rate-limit/throttling.guard.js';
import { requestProviders } from './request-providers.js';
import { RedisConnection } from './redis/redis-connection.js';
import { construct } from './construct.js';
import { PubSubClients } from './pubsub/pubsub-clients.js';
import { pubSubProviders } from './pubsub/pubsub-providers.js';
import { PubSubTroubles } from './pubsub/pubsub-troubles.js';
import { redisProviders } from './redis/redis-providers.js';
import { CircuitBreakerController } from './resilience/circuit-breaker.controller.js';
import { OutboundPolicies } from './resilience/outbound-policies.js';
import { resilienceProviders } from './resilience/resilience-providers.js';
import type { Secrets } from './secrets/secrets.js';
import { secretsProviders } from './secrets/secrets.providers.js';
import { serviceAuthProviders } from './service-auth/service-auth.providers.js';
import { ServiceSignatureStrategy } from './service-auth/service-signature-strategy.js';
import { SignedHttpClient } from './service-auth/signed-http-client.js';
import { LoadWatch } from './shedding/load-watch.js';
import { QueueDelay } from './shedding/queue-delay.js';
import { DamageRegister } from './storage/damage-register.js';
import { Databases, type DatabaseSteps } from './storage/databases.js';
import { DiskReserve } from './storage/disk-reserve.js';
import { PlatformDatabase } from './storage/platform-database.js';
import { storageProviders } from './storage/storage-providers.js';
import { StorageFailure } from './storage/storage-failure.js';
import { TenantDatabases } from './storage/tenant-databases.js';
import { OutsidePlaces } from './tenancy/erasure/outside-places.js';
import { TenantEraser } from './tenancy/erasure/tenant-eraser.js';
import { openContext } from './tenancy/open-context.js';
import type { RequestContext } from './tenancy/request-context.js';
import { RetiredTenants } from './tenancy/retired-tenants.js';
import { TenantClosers } from './tenancy/tenant-closers.js';
import { TenantDirectory } from './tenancy/tenant-directory.js';
import { tenancyProviders } from './tenancy/tenancy-providers.js';
import { TenantsFileSync } from './tenancy/tenants-file-sync.js';
import { workProviders } from './work-queue/work-providers.js';
import { WorkRunner } from './work-queue/work-runner.js';
import { WorkStore } from './work-queue/work-store.js';

/** What the composition root hands to the platform. */
export interface PlatformOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  /** The steps of all tables, the features' among them. */
  readonly steps: DatabaseSteps;
}

/** What every agent needs and is no agent's business: the door, the stores' files, the audit log, observability. */
@Global()
@Module({})
export class PlatformModule implements NestModule, OnApplicationShutdown {
  private readonly logger = new Logger(PlatformModule.name);

  constructor(
    private readonly databases: Databases,
    closers: TenantClosers,
    runner: WorkRunner,
  ) {
    closers.register((tenant) => runner.retire(tenant));
  }

  static forRoot({ config, secrets, steps }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        ClsModule.forRoot({ global: true, middleware: { mount: true, setup: openContext(config) } }),
        LoggerModule.forRootAsync({ inject: [ClsService], useFactory: (cls: ClsService<RequestContext>) => loggingParams(config, cls) }),
        TerminusModule.forRoot({ logger: false }),
        ThrottlerModule.forRootAsync({
          inject: [RateLimits],
          useFactory: (limits: RateLimits) => throttlerOptions(config.rateLimits, new ThrottlerLimits(limits)),
        }),
      ],
      controllers: [
        AuditController,
        PlatformAuditController,
        ...(config.roles.includes('mssp') ? [StreamController] : []),
        HealthController,
        JwksController,
        MetricsController,
        TokenController,
        RevocationController,
        PlatformKeysController,
        OperationsController,
        CircuitBreakerController,
        DrainController,
        DeadLettersController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: SECRETS, useValue: secrets },
        { provide: Clock, useClass: SystemClock },
        LastResort,
        ...storageProviders(config, secrets, steps),
        ...auditProviders(config),
        {
          provide: ApiKeyStore,
          inject: [PlatformDatabase, Clock],
          useFactory: (database: PlatformDatabase, clock: Clock) => new SqliteApiKeyStore(database, clock, config.caps.apiKeys),
        },
        ...authProviders(config, secrets),
        ...revocationProviders(config.auth.revocationPollSeconds, secrets),
        ApiKeysService,
        RefusalAudit,
        ...redisProviders(secrets.redis),
        {
          provide: RateLimits,
          inject: [{ token: RedisConnection, optional: true }, OutboundPolicies],
          useFactory: (redis: RedisConnection | null, policies: OutboundPolicies) =>
            createRateLimits(redis, config.rateLimits.instances, policies),
        },
        ...tokenProviders(config, secrets),
        outboundProvider(config),
        ...observabilityProviders(config, secrets),
        ...healthProviders,
        ...resilienceProviders(secrets.policies),
        ...pubSubProviders(config),
        ...tenancyProviders(config, secrets),
        ...encryptionProviders(secrets),
        ...workProviders(config, secrets),
        ...feedProviders(config),
        DrainState,
        QueueDelay,
        LoadWatch,
        ...serviceAuthProviders(config, secrets),
        ...secretsProviders,
        ApiKeyStrategy,
        BearerStrategy,
        {
          provide: CREDENTIAL_STRATEGIES,
          inject: [ApiKeyStrategy, BearerStrategy, ServiceSignatureStrategy],
          useFactory: (...strategies: readonly CredentialStrategy[]) => strategies,
        },
        ...requestProviders,
        { provide: IdempotencyStore, inject: [TenantDatabases, PlatformDatabase], useFactory: construct(SqliteIdempotencyStore) },
      ],
      exports: [
        CONFIG,
        SECRETS,
        Clock,
        TenantDatabases,
        PlatformDatabase,
        AuditLog,
        ApiKeyStore,
        TenantDirectory,
        TenantClosers,
        TenantEraser,
        OutsidePlaces,
        TenantKeys,
        CiphersInHand,
        TenantsFileSync,
        RetiredTenants,
        KeyAuthenticator,
        ApiKeysService,
        CredentialAttempts,
        Revocations,
        SharedChanges,
        Stirs,
        RedisConnection,
        SignedHttpClient,
        OutboundHttp,
        OutboundPolicies,
        PubSubClients,
        PubSubTroubles,
        Metrics,
        BusinessEvents,
        ThreadGauges,
        Tracing,
        ProbeRegistry,
        RateLimits,
        DrainState,
        QueueDelay,
        LoadWatch,
        WorkRunner,
        WorkStore,
        StorageFailure,
        DiskReserve,
        DamageRegister,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestTraceMiddleware, RequestMetricsMiddleware).forRoutes('{*path}');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.databases.close();
    this.logger.log({ event: 'storage.closed' }, 'stores closed');
  }
}
