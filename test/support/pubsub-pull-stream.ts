import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { GrpcRefusal, type GrpcFields } from './grpc-server.js';
import type { LeasedMessage, LeasedMessages } from './leased-messages.js';

const MOST_AT_ONCE = 100;
const [SHORTEST_SECONDS, LONGEST_SECONDS] = [10, 600];
/** What may be said once, when the stream begins. */
const FIRST_ONLY = ['subscription', 'maxOutstandingMessages', 'maxOutstandingBytes', 'protocolVersion'];

/** A call of `StreamingPull`. */
export type PullCall = ServerDuplexStream<GrpcFields, GrpcFields>;

/** What a stream takes its messages from. */
export interface PulledSubscription {
  readonly messages: LeasedMessages;
  readonly streams: Set<PubSubPullStream>;
  /** Gives the streams what they may have. */
  give(): void;
}

/** A connection over which messages are given as they come, within what its client bears at once. */
export class PubSubPullStream {
  private most = { messages: Infinity, bytes: Infinity };
  private deadlineSeconds = SHORTEST_SECONDS;
  private isBlocked = false;

  /** @param secondMs milliseconds that a second of a lease lasts */
  constructor(
    private readonly call: PullCall,
    private readonly messages: LeasedMessages,
    private readonly secondMs: number,
  ) {}

  /** @throws GrpcRefusal */
  begin(request: GrpcFields): void {
    this.most = { messages: boundOf(request['maxOutstandingMessages']), bytes: boundOf(request['maxOutstandingBytes']) };
    this.hear(request);
    if (!('streamAckDeadlineSeconds' in request)) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'no deadline to acknowledge');
  }

  /** @throws GrpcRefusal */
  next(request: GrpcFields): void {
    const again = FIRST_ONLY.find((field) => field in request);
    if (again !== undefined) throw new GrpcRefusal(status.INVALID_ARGUMENT, `${again} is said again`);
    this.hear(request);
  }

  /** Gives what may be given now. @returns whether there was something */
  give(): boolean {
    if (this.isBlocked || !this.call.writable) return false;
    const { messages, bytes } = this.messages.outstanding(this);
    const room = { messages: Math.min(MOST_AT_ONCE, this.most.messages - messages), bytes: this.most.bytes - bytes };
    const given = this.messages.lease(this, room, this.deadlineSeconds * this.secondMs);
    if (given.length === 0) return false;
    this.isBlocked = !this.call.write({ receivedMessages: given.map(receivedMessage) });
    return true;
  }

  /** The client has read what was written. */
  unblock(): void {
    this.isBlocked = false;
  }

  /** Ends it with a status. */
  end(code: status, details: string): void {
    this.call.emit('error', { code, details });
  }

  private hear(request: GrpcFields): void {
    const ids = listOf(request['modifyDeadlineAckIds']);
    const seconds = (request['modifyDeadlineSeconds'] ?? []) as readonly number[];
    if (ids.length !== seconds.length) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'deadlines and ids are not equally many');
    this.messages.acknowledge(listOf(request['ackIds']));
    ids.forEach((id, at) => this.messages.extend([id], (seconds[at] ?? 0) * this.secondMs));
    const deadline = request['streamAckDeadlineSeconds'] as number | undefined;
    if (deadline === undefined) return;
    if (deadline < SHORTEST_SECONDS || deadline > LONGEST_SECONDS)
      throw new GrpcRefusal(status.INVALID_ARGUMENT, 'the deadline to acknowledge is none');
    this.deadlineSeconds = deadline;
  }
}

/** Has a subscription pulled over a call for as long as that lasts. @param find the subscription that the first request names; throws a GrpcRefusal */
export function pullOver(call: PullCall, secondMs: number, find: (request: GrpcFields) => PulledSubscription): void {
  let pulled: { readonly subscription: PulledSubscription; readonly stream: PubSubPullStream } | undefined;
  const leave = (): void => void pulled?.subscription.streams.delete(pulled.stream);
  const begin = (request: GrpcFields): void => {
    const subscription = find(request);
    pulled = { subscription, stream: new PubSubPullStream(call, subscription.messages, secondMs) };
    pulled.stream.begin(request);
    subscription.streams.add(pulled.stream);
  };
  call.on('data', (request: GrpcFields) => {
    try {
      if (pulled) pulled.stream.next(request);
      else begin(request);
      pulled?.subscription.give();
    } catch (error) {
      leave();
      call.emit('error', { code: error instanceof GrpcRefusal ? error.code : status.INTERNAL, details: String(error) });
    }
  });
  call.on('drain', () => {
    pulled?.stream.unblock();
    pulled?.subscription.give();
  });
  call.on('end', () => call.end());
  for (const over of ['end', 'close', 'error', 'cancelled']) call.on(over, leave);
}

/** A leased message as the protocol has it. */
export function receivedMessage({ message, ackId, deliveryAttempt }: LeasedMessage): GrpcFields {
  const { publishedAt, ...said } = message;
  const publishTime = { seconds: String(Math.floor(publishedAt / 1_000)), nanos: (publishedAt % 1_000) * 1_000_000 };
  return { ackId, deliveryAttempt, message: { ...said, publishTime } };
}

/** A list of texts, empty where the protocol leaves it out. */
export function listOf(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}

function boundOf(value: unknown): number {
  const bound = Number(value ?? 0);
  return bound > 0 ? bound : Infinity;
}
