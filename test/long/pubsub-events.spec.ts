import { PubSubEventFaults } from '../support/pubsub-event-faults.js';
import { PubSubSubscriberServer } from '../support/pubsub-subscriber-server.js';
import { TOXICS, type Toxic } from '../support/tcp-fault-proxy.js';

/** A lease of thirty seconds lasts three. */
const SECOND_MS = 100;
const resetPeer = (): Toxic => ({ kind: 'reset_peer' });
/** Each in its turn. */
const anyOf = (time: number): Toxic => TOXICS[time % TOXICS.length] ?? resetPeer();

describe('events from Pub/Sub, amid faults', () => {
  let server: PubSubSubscriberServer;
  let faults: PubSubEventFaults;
  beforeAll(async () => {
    server = await PubSubSubscriberServer.start(SECOND_MS);
    faults = new PubSubEventFaults(server);
  });
  afterEach(() => faults.end());
  afterAll(() => server.stop());

  it('are stored once each and acknowledged over kill -9', () => faults.kill({ times: 6, events: 700 }));

  it('are stored once each and acknowledged when connections are cut', () => faults.cut({ times: 10, events: 500 }, resetPeer));

  it('are stored once each and acknowledged however connections are spoilt', () =>
    faults.cut({ times: 2 * TOXICS.length, events: 300 }, anyOf));

  it('are stored once each and acknowledged after the circuit has been open', () => faults.openCircuit({ times: 3, events: 300 }));

  it('that are acknowledged are those that are stored, when the app drains amid them', () => faults.drain({ times: 5, events: 4_000 }));

  it('wait while their tenant is suspended, and health says so', () => faults.suspend({ events: 300 }));

  it('come again after a connection has fallen silent', () => faults.fallSilent());
});
