import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { BusinessEvents } from '../observability/business-events.js';

/**
 * What happens when an error is caught by nobody. It is counted, and logged with an id of its own. After a rejected promise the process goes on: whoever needed its
 * result waits in vain, and nobody else is concerned. After an exception, or where the thread is lost that holds the databases, nothing can be said of
 * the state of the process: it finishes what is under way, and ends with 1 so that its supervisor starts it anew.
 */
@Injectable()
export class LastResort {
  private drain: () => void = () => undefined;
  private isLost = false;

  constructor(private readonly events: BusinessEvents) {}

  /** What the process ends with once it has drained: 1 where its state cannot be trusted. */
  get exitCode(): 0 | 1 {
    return this.isLost ? 1 : 0;
  }

  /** From now on this process is watched. @param drain begins to finish what is under way. */
  watch(drain: () => void): void {
    this.drain = drain;
    process.on('unhandledRejection', (reason) => this.events.uncaught('rejection', uuidv7(), reason));
    process.on('uncaughtException', (error) => this.lose('exception', error));
  }

  /** The thread that holds the databases has ended. */
  threadLost(error: Error): void {
    this.lose('thread', error);
  }

  private lose(kind: 'exception' | 'thread', error: Error): void {
    this.isLost = true;
    this.events.uncaught(kind, uuidv7(), error);
    this.drain();
  }
}
