import { Logger } from '@nestjs/common';
import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler, type Sampler } from '@opentelemetry/sdk-trace';
import type { ClsService } from 'nestjs-cls';
import type { Config } from '../../config/config.js';
import type { RequestContext } from '../../tenancy/request-context.js';
import type { Metrics } from '../metrics.js';
import { BoundedSpans, type SpanFates } from './bounded-spans.js';
import { contextAttributes } from './context-attributes.js';
import { OpenTelemetryTracing } from './open-telemetry-tracing.js';
import type { Tracing } from './tracing.js';

/** Batches that may be on their way to the collector at once. */
const MOST_UNDER_WAY = 4;

/** Spans for the collector that is configured. @param headers of calls to it, as `OTEL_EXPORTER_OTLP_HEADERS` writes them. */
export function createTracing(
  config: Config['tracing'] & { readonly endpoint: string },
  headers: string | null,
  metrics: Metrics,
  cls: ClsService<RequestContext>,
): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${config.endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: parseKeyPairsIntoRecord(headers ?? ''),
    timeoutMillis: config.timeoutMs,
    concurrencyLimit: MOST_UNDER_WAY,
  });
  const waiting = { most: config.mostWaiting, delayMs: config.delayMs, timeoutMs: config.timeoutMs };
  return new OpenTelemetryTracing({
    serviceName: config.serviceName,
    sampler: samplerOf(config),
    processor: new BoundedSpans(exporter, waiting, countFates(metrics)),
    ambient: () => spanContext(cls),
  });
}

function spanContext(cls: ClsService<RequestContext>): ReturnType<typeof contextAttributes> {
  return cls.isActive() ? contextAttributes({ tenant: cls.get('tenant'), correlationId: cls.get('correlationId') }) : {};
}

function samplerOf({ sampler, ratio }: Config['tracing']): Sampler {
  switch (sampler) {
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}

/** Counts what is lost, and says once that the collector takes nothing, and once that it does again. */
function countFates(metrics: Metrics): SpanFates {
  const logger = new Logger('Tracing');
  let isAway = false;
  return {
    dropped(reason, spans) {
      metrics.traceSpansDropped.inc({ reason }, spans);
      if (reason === 'not_sent' && !isAway)
        logger.warn({ event: 'tracing.collector_away' }, 'the collector takes no spans: they are dropped');
      isAway ||= reason === 'not_sent';
    },
    sent() {
      if (isAway) logger.log({ event: 'tracing.collector_back' }, 'the collector takes spans again');
      isAway = false;
    },
  };
}
