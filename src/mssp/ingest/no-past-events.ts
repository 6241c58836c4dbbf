import { PastEvents } from './domain/past-events.js';

/** There is nowhere that events are kept after their time here. */
export class NoPastEvents extends PastEvents {
  async begin(): Promise<undefined> {
    return undefined;
  }

  search(): Promise<never> {
    return Promise.reject(new Error('there are no past events'));
  }

  async find(): Promise<undefined> {
    return undefined;
  }
}
