import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { BusinessEvents } from '../observability/business-events.js';

/** Lets the process finish what is under way and ends it with a code. */
export type Stop = (exitCode: number) => void;

/**
 * What happens when an error is caught by nobody. It is counted, and logged with an id of its own. After a rejected promise the process goes on: whoever needed its
 * result waits in vain, and nobody else is concerned. After an exception, or where the thread is lost that holds the databases, nothing can be said of
 * the state of the process: it finishes what is under way, and ends with 1 so that its supervisor starts it anew.
 */
@Injectable()
export class LastResort {
  private stop: Stop = () => undefined;

  constructor(private readonly events: BusinessEvents) {}

  /** From now on this process is watched. */
  watch(stop: Stop): void {
    this.stop = stop;
    process.on('unhandledRejection', (reason) => this.events.uncaught('rejection', uuidv7(), reason));
    process.on('uncaughtException', (error) => this.end('exception', error));
  }

  /** The thread that holds the databases has ended. */
  threadLost(error: Error): void {
    this.end('thread', error);
  }

  private end(kind: 'exception' | 'thread', error: Error): void {
    this.events.uncaught(kind, uuidv7(), error);
    this.stop(1);
  }
}
