import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { TenantCounter } from './tenant-counter.js';
import { TenantLabels } from './tenant-labels.js';

const MOST_TENANT_SERIES = 200;

/** The app's metrics (Prometheus). Labels are route templates, tenants and closed lists of words; never raw paths or ids. */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = this.counter('requests_total', 'HTTP requests answered', ['path', 'method', 'status']);
  readonly requestDuration = new Histogram({
    name: 'request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['path', 'method'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly activeRequests = new Gauge({ name: 'active_requests', help: 'HTTP requests being served', registers: [this.registry] });
  readonly eventsIngested = this.tenantCounter('events_ingested', 'Events accepted, durable and inspected', []);
  readonly eventsRejected = this.tenantCounter('events_rejected', 'Events refused one by one', ['code']);
  readonly eventsDuplicate = this.tenantCounter('events_duplicate', 'Events that were already stored', []);
  readonly eventsUninspected = this.tenantCounter('events_uninspected', 'Events stored before they could be inspected', []);
  readonly ingestSaturated = this.tenantCounter('ingest_saturated', 'Ingest requests refused because as many were under way as may be', []);
  readonly ingestRefusedUnread = this.tenantCounter(
    'ingest_refused_unread',
    'Ingest requests refused for their rate before they were read',
    [],
  );
  readonly pipelineTroubles = this.counter('pipeline_troubles', 'Failures in pipeline threads', ['event']);
  readonly anomaliesDetected = this.tenantCounter('anomalies_detected', 'Detections', ['severity']);
  readonly rateLimitExceeded = this.tenantCounter('rate_limit_exceeded', 'Requests refused for their rate', []);
  readonly requestsRefused = this.counter('requests_refused', 'Requests refused for who asked, or how often', ['problem']);
  readonly triageCompleted = this.tenantCounter('triage_completed', 'Alerts judged', ['classification']);
  readonly containmentExecuted = this.tenantCounter('containment_executed', 'Containment actions carried out', ['status']);
  readonly circuitBreakerState = new Gauge({
    name: 'circuit_breaker_state',
    help: '0 closed, 1 open, 2 half-open',
    labelNames: ['service'],
    registers: [this.registry],
  });
  readonly workPending = new Gauge({
    name: 'work_pending',
    help: 'Work items that handlers have in hand',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  readonly secretRefreshFailures = this.counter('secret_refresh_failures', 'Secrets that could not be read again', ['secret']);
  readonly serviceCallsRefused = this.counter('service_calls_refused', 'Calls between services whose signature was not taken', ['reason']);
  readonly traceSpansDropped = this.counter('trace_spans_dropped_total', 'Spans that were lost before the collector had them', ['reason']);
  readonly deadLetters = this.counter('dead_letters', 'Work items given up on', ['kind']);

  private readonly tenants: TenantLabels;

  /** @param mostTenants that have series of their own; the others share one. */
  constructor(mostTenants = MOST_TENANT_SERIES) {
    this.tenants = new TenantLabels(mostTenants);
    collectDefaultMetrics({ register: this.registry, prefix: 'gatra_' });
  }

  /** Adds a gauge whose value is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
    this.registry.registerMetric(gauge);
  }

  private tenantCounter<Label extends string>(name: string, help: string, labelNames: Label[]): TenantCounter<Label> {
    return new TenantCounter({ name, help, labelNames: ['tenant_id', ...labelNames], registers: [this.registry] }, () => this.tenants);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
