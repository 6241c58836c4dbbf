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

/** What makes the app observable: metrics and who may read them, business events, the level of the log. */
export function observabilityProviders({ metrics: { mostTenants }, build }: Config, { metricsToken }: Secrets): Provider[] {
  return [
    {
      provide: Metrics,
      useFactory: () => {
        const metrics = new Metrics(mostTenants);
        showBuildInfo(metrics, readBuildInfo(build.commit));
        return metrics;
      },
    },
    { provide: BusinessEvents, inject: [Metrics], useFactory: (metrics: Metrics) => new BusinessEvents(metrics) },
    { provide: MetricsToken, useValue: new MetricsToken(metricsToken) },
    MetricsAccessGuard,
    MetricsServer,
    ThreadGauges,
    LogLevels,
  ];
}
