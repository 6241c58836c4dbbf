import type { Alert } from '../../../contracts/alert.js';
import { leavingAlert } from './leaving-alert.js';

/** What happened to an alert: it was raised, or its status, its verdict or whom it is assigned to changed. */
export type AlertHappening = 'raised' | 'changed';

/** An alert as it was after something had happened to it, kept until it is published. */
export interface AlertMessage {
  readonly alert: Alert;
  readonly event: AlertHappening;
  /** Of the request that caused it. */
  readonly correlation_id: string;
  /** The trace that it was caused in (W3C `traceparent`), where there was one. */
  readonly traceparent: string | null;
}

/** A message as it is sent. Messages of one ordering key are received in the order in which they were published. */
export interface OutgoingMessage {
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** An alert's message: JSON of the alert as it may leave the platform, and by which consumers know one that they had before. */
export function outgoing({ alert, event, correlation_id, traceparent }: AlertMessage): OutgoingMessage {
  const { alert_id, tenant_id, version } = alert;
  return {
    data: Buffer.from(JSON.stringify(leavingAlert(alert))),
    attributes: {
      tenant_id,
      alert_id,
      version: String(version),
      event,
      correlation_id,
      gatra_message_id: `${alert_id}@${version}`,
      ...(traceparent === null ? {} : { traceparent }),
    },
    orderingKey: alert_id,
  };
}
