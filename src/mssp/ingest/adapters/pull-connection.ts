import type { Delivery } from '../domain/event-subscription.js';

/** Pub/Sub ends connections on which nothing is said. */
const SIGN_OF_LIFE_MS = 30_000;
/** On a quiet subscription nothing may come for long: a connection that has lasted so long works. */
const LASTED_MS = 20_000;

/** The stream of Google's client, as far as it is used. */
export interface PullStream extends NodeJS.EventEmitter {
  write(request: object): unknown;
  pause(): unknown;
  resume(): unknown;
  cancel(): void;
}

/** What comes on the connection, as far as it is looked at. */
interface Received {
  readonly receivedMessages?: readonly {
    readonly ackId?: string | null;
    readonly message?: { readonly messageId?: string | null; readonly data?: Uint8Array | string | null } | null;
  }[];
}

/**
 * A connection over which a subscription is pulled. It stands for hours: that it works is known, and told, long before it ends, by what comes or by time. Its
 * headers tell nothing: refusals come after them.
 */
export class PullConnection {
  /** Resolves once it works, or has ended in order. @throws what it ended with where it has not worked. */
  readonly opened: Promise<void>;
  /** Resolves once it has ended, however that was. */
  readonly ended: Promise<void>;

  /**
   * @param request that the connection begins with
   * @param take is given deliveries as they come; none where it is known that the connection works
   */
  constructor(
    private readonly stream: PullStream,
    request: object,
    take: (deliveries: readonly Delivery[]) => void,
  ) {
    const opened = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    [this.opened, this.ended] = [opened.promise, ended.promise];
    const alive = setInterval(() => stream.write({}), SIGN_OF_LIFE_MS).unref();
    const lasted = setTimeout(() => {
      take([]);
      opened.resolve();
    }, LASTED_MS).unref();
    const end = (): void => {
      clearInterval(alive);
      clearTimeout(lasted);
      opened.resolve();
      ended.resolve();
    };
    stream.on('data', (received: Received) => {
      take(deliveriesOf(received));
      opened.resolve();
    });
    stream.on('error', (error: Error) => {
      opened.reject(error);
      end();
    });
    for (const event of ['end', 'close']) stream.on(event, end);
    stream.write(request);
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  end(): void {
    this.stream.cancel();
  }
}

function deliveriesOf({ receivedMessages = [] }: Received): readonly Delivery[] {
  return receivedMessages.map(({ ackId, message }) => ({
    id: message?.messageId ?? '',
    data: Buffer.from((message?.data ?? '') as Uint8Array),
    receipt: ackId ?? '',
  }));
}
