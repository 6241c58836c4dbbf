import type { FactoryProvider } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { Config } from '../../config/config.js';
import type { Secrets } from '../../secrets/secrets.js';
import type { RequestContext } from '../../tenancy/request-context.js';
import { Metrics } from '../metrics.js';
import { createTracing } from './create-tracing.js';
import { Tracing } from './tracing.js';

/** Tracing as it is configured. */
export function tracingProvider(config: Config, secrets: Secrets): FactoryProvider<Tracing> {
  return {
    provide: Tracing,
    inject: [Metrics, ClsService],
    useFactory: (metrics: Metrics, cls: ClsService<RequestContext>) => createTracing(config.tracing, secrets.otlpHeaders, metrics, cls),
  };
}
