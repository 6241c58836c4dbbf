import type { Provider } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { Secrets } from '../secrets/secrets.js';
import { readBuildInfo, showBuildInfo } from './build-info.js';
import { BusinessEvents } from './business-events.js';
import { LogLevels } from './log-levels.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';
import { MetricsServer } from './metrics-server.js';
import { MetricsToken } from './metrics-token.js';
import { Metrics } from './metrics.js';
import { ThreadGauges } from './thread-gauges.js';
import { tracingProvider } from './tracing/tracing-provider.js';

/** What makes the app observable: metrics and who may read them, traces, business events, the level of the log. */
export function observabilityProviders(config: Config, secrets: Secrets): Provider[] {
  return [
    {
      provide: Metrics,
      useFactory: () => {
        const metrics = new Metrics(config.metrics.mostTenants);
        showBuildInfo(metrics, readBuildInfo(config.build.commit));
        return metrics;
      },
    },
    { provide: BusinessEvents, inject: [Metrics], useFactory: (metrics: Metrics) => new BusinessEvents(metrics) },
    { provide: MetricsToken, useValue: new MetricsToken(secrets.metricsToken) },
    MetricsAccessGuard,
    MetricsServer,
    ThreadGauges,
    tracingProvider(config, secrets),
    LogLevels,
  ];
}
