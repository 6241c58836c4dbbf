import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

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
  readonly eventsIngested = this.counter('events_ingested', 'Events accepted, durable and inspected', ['tenant_id']);
  readonly eventsRejected = this.counter('events_rejected', 'Events refused one by one', ['tenant_id', 'code']);
  readonly eventsDuplicate = this.counter('events_duplicate', 'Events that were already stored', ['tenant_id']);
  readonly eventsUninspected = this.counter('events_uninspected', 'Events stored before they could be inspected', ['tenant_id']);
  readonly ingestSaturated = this.counter('ingest_saturated', 'Ingest requests refused because as many were under way as may be', [
    'tenant_id',
  ]);
  readonly pipelineTroubles = this.counter('pipeline_troubles', 'Failures in pipeline threads', ['event']);
  readonly anomaliesDetected = this.counter('anomalies_detected', 'Detections', ['tenant_id', 'severity']);
  readonly rateLimitExceeded = this.counter('rate_limit_exceeded', 'Requests refused for their rate', ['tenant_id']);
  readonly triageCompleted = this.counter('triage_completed', 'Alerts judged', ['tenant_id', 'classification']);
  readonly containmentExecuted = this.counter('containment_executed', 'Containment actions carried out', ['tenant_id', 'status']);
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
  readonly deadLetters = this.counter('dead_letters', 'Work items given up on', ['kind']);

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'gatra_' });
  }

  /** Adds a gauge whose value is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
    this.registry.registerMetric(gauge);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
