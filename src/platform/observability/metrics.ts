import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.js';
import { TenantCounter } from './tenant-counter.js';
import { TenantGauge } from './tenant-gauge.js';
import { TenantLabels } from './tenant-labels.js';
import { UntypedCounter } from './untyped-counter.js';

const MOST_TENANT_SERIES = 200;
const REQUEST_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STORE_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15];

/** The series of a gauge, as they are read: labels and value. */
export type GaugeReadings<Label extends string> = Iterable<readonly [Readonly<Record<Label, string>>, number]>;

/** The app's metrics (Prometheus). Labels are route templates, tenants and closed lists of words; never raw paths or ids. */
export class Metrics {
  readonly registry = new Registry();
  /** Which tenants have series of their own; the others share one. */
  readonly tenants: TenantLabels;

  readonly requests = this.counter('requests_total', 'HTTP requests answered', ['path', 'method', 'status']);
  readonly requestDuration = this.histogram('request_duration_seconds', 'Time to answer an HTTP request', REQUEST_BUCKETS, [
    'path',
    'method',
  ]);
  readonly activeRequests = this.labelled('active_requests', 'HTTP requests being served', []);
  readonly eventsIngested = this.named('events_ingested', 'Events accepted, durable and inspected', []);
  readonly eventsRejected = this.tenantCounter('events_rejected_total', 'Events refused one by one', ['code']);
  readonly eventsDuplicate = this.tenantCounter('events_duplicate_total', 'Events that were already stored', []);
  readonly eventsUninspected = this.tenantCounter('events_uninspected_total', 'Events stored before they could be inspected', []);
  readonly ingestSaturated = this.tenantCounter(
    'ingest_saturated_total',
    'Ingest requests refused because as many were under way as may be',
    [],
  );
  readonly ingestRefusedUnread = this.tenantCounter(
    'ingest_refused_unread_total',
    'Ingest requests refused for their rate before they were read',
    [],
  );
  readonly anomaliesDetected = this.named('anomalies_detected', 'Detections', ['severity']);
  readonly detectionsLeftOut = this.tenantCounter(
    'detections_left_out_total',
    'Detections beyond what an event or a batch may have, which are not kept',
    [],
  );
  readonly rateLimitExceeded = this.named('rate_limit_exceeded', 'Requests refused for their rate', []);
  readonly triageCompleted = this.named('triage_completed', 'Alerts judged', ['classification']);
  readonly feedbackTaken = this.tenantCounter('feedback_total', "Analysts' feedback kept", ['verdict']);
  readonly containmentExecuted = this.named('containment_executed', 'Containment actions carried out', ['status']);
  readonly correlationLosses = this.counter(
    'correlation_losses_total',
    'Groups that correlations let go of for want of room, and events that came too late to be counted',
    ['kind'],
  );
  readonly untriedPatterns = this.counter(
    'intel_untried_patterns_total',
    'Events for which more patterns of indicators came into question than are evaluated',
    [],
  );
  readonly pipelineTroubles = this.counter('pipeline_troubles_total', 'Failures in pipeline threads', ['event']);
  readonly requestsRefused = this.counter('requests_refused_total', 'Requests refused for who asked, or how often', ['problem']);
  readonly workPending = this.labelled('work_pending', 'Work items that handlers have in hand', ['kind']);
  readonly storeOperations = this.histogram(
    'store_operation_duration_seconds',
    'Time that a store takes for one operation',
    STORE_BUCKETS,
    ['store', 'operation'],
  );
  readonly secretRefreshFailures = this.counter('secret_refresh_failures_total', 'Secrets that could not be read again', ['secret']);
  readonly serviceCallsRefused = this.counter('service_calls_refused_total', 'Calls between services whose signature was not taken', [
    'reason',
  ]);
  readonly traceSpansDropped = this.counter('trace_spans_dropped_total', 'Spans that were lost before the collector had them', ['reason']);
  readonly deadLetters = this.counter('dead_letters_total', 'Work items given up on', ['kind']);
  readonly streamEventsSent = this.tenantCounter('stream_events_sent_total', 'Events sent to clients that listen to the stream', []);
  readonly streamsEnded = this.counter('streams_ended_total', 'Streams of events that have ended', ['reason']);
  readonly errors = this.counter(
    'errors_total',
    'Requests answered with 500 or put off with 503, exceptions and rejections that nobody caught',
    ['kind'],
  );
  readonly requestsShed = this.counter('requests_shed_total', 'Requests turned away at the door because there were too many', ['class']);
  readonly accountingRemainder = new TenantGauge(
    { name: 'accounting_remainder', help: 'Events of the last hours that cannot be accounted for', registers: [this.registry] },
    () => this.tenants,
  );
  readonly eventFilesDamaged = this.tenantCounter('event_files_damaged_total', 'Event files that were not what had been written', []);
  readonly databasesDamaged = this.counter('databases_damaged_total', 'Databases that are not what had been written', ['store']);
  readonly storedEventsLost = this.tenantCounter(
    'stored_events_lost_total',
    'Stored events that are not readable any more, as far as they could be counted',
    [],
  );

  readonly lakeEventsCopied = this.tenantCounter('lake_events_copied_total', 'Stored events that were copied into the lake', []);
  readonly lakeEventsUnreadable = this.tenantCounter(
    'lake_events_unreadable_total',
    'Stored events that were left out of the lake because this version cannot read them',
    [],
  );
  readonly eventsRetired = this.tenantCounter('events_retired_total', 'Stored events that were removed because their time was over', []);

  readonly retroMatches = this.tenantCounter('retro_matches_total', 'Comparisons of stored events with indicators that have ended', [
    'state',
  ]);
  readonly retroHits = this.tenantCounter('retro_hits_total', 'Indicators seen in stored events, by whether that is an alert', ['outcome']);

  readonly alertsPublished = this.tenantCounter('alert_messages_published_total', 'Messages about alerts that were published', []);
  readonly subscriptionMessages = this.tenantCounter(
    'subscription_messages_total',
    'Messages that brought events, by whether they were acknowledged or put back',
    ['outcome'],
  );

  /**
   * What is rare and alarming begins at zero, so that the first time is seen as a rise.
   * @param mostTenants that have series of their own; the others share one.
   */
  constructor(mostTenants = MOST_TENANT_SERIES) {
    this.tenants = new TenantLabels(mostTenants);
    for (const kind of ['request', 'unavailable', 'exception', 'rejection', 'thread']) this.errors.inc({ kind }, 0);
    for (const store of ['cases', 'platform']) this.databasesDamaged.inc({ store }, 0);
    this.pipelineTroubles.inc({ event: 'pipeline.lost' }, 0);
    collectProcessMetrics(this.registry);
  }

  /** Adds a gauge whose value is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }

  /** Adds a gauge whose series are read when the metrics are; series that are not answered any more are gone. */
  gaugeOf<Label extends string>(name: string, help: string, labelNames: Label[], read: () => GaugeReadings<Label>): void {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const [labels, value] of read()) gauge.set(labels, value);
      },
    });
  }

  /** A counter by tenant whose name is fixed and lacks `_total`. */
  private named<Label extends string>(name: string, help: string, labelNames: Label[]): TenantCounter<Label> {
    return new TenantCounter(UntypedCounter, { name, help, labelNames, registers: [this.registry] }, () => this.tenants);
  }

  private tenantCounter<Label extends string>(name: string, help: string, labelNames: Label[]): TenantCounter<Label> {
    return new TenantCounter(Counter, { name, help, labelNames, registers: [this.registry] }, () => this.tenants);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private labelled<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
