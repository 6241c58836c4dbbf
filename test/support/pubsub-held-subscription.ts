import { status } from '@grpc/grpc-js';
import type { GrpcFields } from './grpc-server.js';
import { LeasedMessages } from './leased-messages.js';
import type { PubSubPullStream } from './pubsub-pull-stream.js';

/** A subscription with its messages and the streams that they are given to, each in its turn. */
export class HeldSubscription {
  readonly messages = new LeasedMessages(() => performance.now());
  readonly streams = new Set<PubSubPullStream>();
  private nextEnd: NodeJS.Timeout | undefined;

  /** @param described as its maker described it */
  constructor(readonly described: GrpcFields) {}

  /** The topic's full name. */
  get topic(): string {
    return String(this.described['topic']);
  }

  /** Gives the streams what they may have, and looks again when the next lease is over. */
  give(): void {
    // Asked before: a lease that ends while messages are given would be neither given again nor waited for.
    const due = this.messages.nextEnd ?? Infinity;
    for (let isGiven = true; isGiven;) {
      isGiven = false;
      for (const stream of this.streams) {
        if (!stream.give()) continue;
        isGiven = true;
        // Whoever was given something is the last to be given more.
        this.streams.delete(stream);
        this.streams.add(stream);
        break;
      }
    }
    clearTimeout(this.nextEnd);
    const nextEnd = Math.min(due, this.messages.nextEnd ?? Infinity);
    if (nextEnd < Infinity) this.nextEnd = setTimeout(() => this.give(), Math.max(1, nextEnd - performance.now())).unref();
  }

  /** Ends all streams with a status. */
  endStreams(code: status): void {
    for (const stream of this.streams) stream.end(code, status[code]);
    this.streams.clear();
  }

  stop(): void {
    clearTimeout(this.nextEnd);
  }
}
