import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import { SpanKind, type Tracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanAttributes, TraceParent } from './active-span.js';
import { contextOf, OpenTelemetrySpan } from './open-telemetry-span.js';
import { Tracing, type OpenSpan, type SpanStart } from './tracing.js';

/** How long the end of the process may wait for spans to be taken. */
const LAST_WORDS_MS = 2_000;

const LIMITS = { attributeCountLimit: 32, attributeValueLengthLimit: 256, eventCountLimit: 8, linkCountLimit: 32 } as const;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const satisfies Record<NonNullable<SpanStart['kind']>, SpanKind>;

/** What spans are made with. */
export interface TracingParts {
  readonly serviceName: string;
  readonly sampler: Sampler;
  /** Where spans go when they are over. */
  readonly processor: SpanProcessor;
  /** Attributes that every span has, of the work under way. */
  readonly ambient: () => SpanAttributes;
}

/** Spans by OpenTelemetry's SDK, a provider of its own for each app. */
export class OpenTelemetryTracing extends Tracing implements OnApplicationShutdown {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;
  private readonly ambient: () => SpanAttributes;

  constructor({ serviceName, sampler, processor, ambient }: TracingParts) {
    super();
    this.ambient = ambient;
    const resource = resourceFromAttributes({ 'service.name': serviceName });
    this.provider = new TracerProvider({ resource, sampler, spanProcessors: [processor], spanLimits: LIMITS });
    this.tracer = this.provider.getTracer('gatra');
  }

  begin({ name, kind = 'internal', attributes }: SpanStart, from: TraceParent | null): OpenSpan {
    const options = { kind: KINDS[kind], attributes: { ...this.ambient(), ...attributes } };
    return new OpenTelemetrySpan(this.tracer, this.tracer.startSpan(name, options, contextOf(from)), this.ambient);
  }

  /** Sends what waits, for as long as a collector that answers needs; one that does not is not waited for. */
  async onApplicationShutdown(): Promise<void> {
    const over = new AbortController();
    const sent = this.provider.shutdown().catch(() => undefined);
    await Promise.race([sent, sleep(LAST_WORDS_MS, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
  }
}
