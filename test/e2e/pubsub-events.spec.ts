import { PubSubEventFaults } from '../support/pubsub-event-faults.js';
import { PubSubSubscriberServer } from '../support/pubsub-subscriber-server.js';

/** A lease of thirty seconds lasts three. */
const SECOND_MS = 100;

describe('events from Pub/Sub, amid faults', () => {
  let server: PubSubSubscriberServer;
  let faults: PubSubEventFaults;
  beforeAll(async () => {
    server = await PubSubSubscriberServer.start(SECOND_MS);
    faults = new PubSubEventFaults(server);
  });
  afterEach(() => faults.end());
  afterAll(() => server.stop());

  it('are stored once each and acknowledged when connections are cut', () =>
    faults.cut({ times: 1, events: 500 }, () => ({ kind: 'reset_peer' })));

  it('are stored once each and acknowledged after the circuit has been open', () => faults.openCircuit({ times: 1, events: 20 }));

  it('that are acknowledged are those that are stored, when the app drains amid them', () => faults.drain({ times: 1, events: 3_000 }));
});
