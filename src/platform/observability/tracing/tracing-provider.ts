import type { FactoryProvider } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { Config } from '../../config/config.js';
import type { Secrets } from '../../secrets/secrets.js';
import type { RequestContext } from '../../tenancy/request-context.js';
import { Metrics } from '../metrics.js';
import { NoTracing } from './no-tracing.js';
import { Tracing } from './tracing.js';

/** Tracing as it is configured: without a collector nothing is recorded, and the SDK is not even loaded. */
export function tracingProvider({ tracing }: Config, secrets: Secrets): FactoryProvider<Tracing> {
  return {
    provide: Tracing,
    inject: [Metrics, ClsService],
    useFactory: async (metrics: Metrics, cls: ClsService<RequestContext>): Promise<Tracing> => {
      const { endpoint } = tracing;
      if (endpoint === null) return new NoTracing();
      const { createTracing } = await import('./create-tracing.js');
      return createTracing({ ...tracing, endpoint }, secrets.otlpHeaders, metrics, cls);
    },
  };
}
