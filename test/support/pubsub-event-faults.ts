import { setTimeout as wait } from 'node:timers/promises';
import { PubSubTroubles } from '../../src/platform/pubsub/pubsub-troubles.js';
import { OutboundPolicies } from '../../src/platform/resilience/outbound-policies.js';
import { BuiltApp } from './built-app.js';
import { eventSubscription, type EventSubscriptionRig } from './event-subscription.js';
import { eventually } from './eventually.js';
import type { PubSubSubscriberServer } from './pubsub-subscriber-server.js';
import { startApp, type RunningApp } from './running-app.js';
import { balanceOf, storedNumbers, upTo, type Served } from './stored-account.js';
import { TcpFaultProxy, type Toxic } from './tcp-fault-proxy.js';

const TENANT = 'acme-corp';
const PATIENCE_MS = 120_000;
/** Longer than the client takes to find out that a connection has fallen silent. */
const SILENCE_MS = 400_000;
const SOON_CLOSED = { CIRCUIT_BREAKER_PUBSUB_RECOVERY_TIMEOUT: '0.5' };
const SOON_OPEN = { CIRCUIT_BREAKER_PUBSUB_FAILURE_THRESHOLD: '2' };
/** More than a circuit lets through that is tried. */
const LOTS_AFTERWARDS = 4;

/** How much is tried. */
export interface FaultSize {
  readonly times: number;
  readonly events: number;
}

/** Faults amid events that a subscription brings. After each of them all events are stored once, in the account, and acknowledged. */
export class PubSubEventFaults {
  private readonly running = new Set<RunningApp>();
  private readonly proxies: TcpFaultProxy[] = [];

  constructor(private readonly server: PubSubSubscriberServer) {}

  /** Ends what a drill has left. */
  async end(): Promise<void> {
    await Promise.all([...this.running].map((app) => this.close(app)));
    await Promise.all(this.proxies.splice(0).map((proxy) => proxy.stop()));
  }

  /** The process is killed, again and again. */
  async kill({ times, events }: FaultSize): Promise<void> {
    const rig = await this.subscribe();
    const env = { ...this.server.env(), ...rig.env };
    let app = await BuiltApp.start({ env });
    try {
      for (let kill = 0; kill < times; kill += 1) {
        await rig.publish(events * kill, events);
        await wait(40 + 120 * (kill % 4));
        await app.kill();
        app = await BuiltApp.start({ env, dataDir: app.dataDir });
      }
      await this.expectAllOnce(rig, app, times * events);
    } finally {
      await app.stop({ atOnce: true });
    }
  }

  /** Connections are spoilt, again and again. @param how spoils them, by the number of the time */
  async cut({ times, events }: FaultSize, how: (time: number) => Toxic): Promise<void> {
    const rig = await this.subscribe();
    const proxy = await this.proxy();
    const app = await this.start({ ...rig.env, ...this.server.env(proxy.port), ...SOON_CLOSED });
    for (let cut = 0; cut < times; cut += 1) {
      await rig.publish(events * cut, events);
      await wait(30 * (cut % 5));
      proxy.poison(how(cut));
      await wait(700);
      proxy.heal();
    }
    await this.expectAllOnce(rig, app, times * events);
  }

  /** Nothing comes over a connection any more, and nobody says that it has ended. */
  async fallSilent(): Promise<void> {
    const rig = await this.subscribe();
    const proxy = await this.proxy();
    const app = await this.start({ ...rig.env, ...this.server.env(proxy.port), ...SOON_CLOSED });
    await rig.publish(0, 10);
    await this.expectAllOnce(rig, app, 10);
    const before = proxy.accepted;
    proxy.poison({ kind: 'timeout' });
    await eventually(() => expect(proxy.accepted).toBeGreaterThan(before), SILENCE_MS);
    proxy.heal();
    await rig.publish(10, 10);
    await this.expectAllOnce(rig, app, 20);
  }

  /** Every call fails until the circuit opens; then all is well again, and more comes than the calls that try a circuit could acknowledge. */
  async openCircuit({ times, events }: FaultSize): Promise<void> {
    const rig = await this.subscribe();
    const app = await this.start({ ...this.server.env(), ...rig.env, ...SOON_OPEN, ...SOON_CLOSED });
    const circuit = app.app.get(OutboundPolicies).find('pubsub subscriptions');
    let published = 0;
    const publish = async (): Promise<void> => {
      await rig.publish(published, events);
      published += events;
    };
    for (let time = 0; time < times; time += 1) {
      for (const method of ['Acknowledge', 'ModifyAckDeadline', 'StreamingPull']) this.server.away.add(method);
      this.server.endStreams(rig.name);
      await publish();
      await eventually(() => expect(circuit?.state).toBe('open'), PATIENCE_MS);
      this.server.away.clear();
      for (let lot = 0; lot < LOTS_AFTERWARDS; lot += 1) {
        await eventually(() => expect(this.left(rig)).toEqual([]), PATIENCE_MS);
        await publish();
      }
    }
    await this.expectAllOnce(rig, app, published);
    expect(circuit?.state).toBe('closed');
    await expect(app.app.get(PubSubTroubles).check()).resolves.toBeUndefined();
  }

  /** The app ends in order, again and again: what is acknowledged then is what is stored. */
  async drain({ times, events }: FaultSize): Promise<void> {
    const rig = await this.subscribe();
    const env = { ...this.server.env(), ...rig.env };
    let app = await this.start(env);
    for (let drain = 0; drain < times; drain += 1) {
      const before = (await balanceOf(app, TENANT)).stored;
      await rig.publish(events * drain, events);
      await eventually(async () => expect((await balanceOf(app, TENANT)).stored).toBeGreaterThan(before), PATIENCE_MS);
      await this.close(app, { keep: true });
      const left = this.left(rig);
      const idle = await this.start({}, app.dataDir);
      const stored = await storedNumbers(idle, TENANT);
      expect([...stored, ...left].sort((a, b) => a - b)).toEqual(upTo(events * (drain + 1)));
      await this.close(idle, { keep: true });
      app = await this.start(env, app.dataDir);
    }
    await this.expectAllOnce(rig, app, times * events);
  }

  /** The tenant is suspended: its events wait, health says so, and they come once it is served again. */
  async suspend({ events }: Pick<FaultSize, 'events'>): Promise<void> {
    const rig = await this.subscribe();
    const env = { ...this.server.env(), ...rig.env };
    const app = await this.start(env);
    const operator = await app.token('platform');
    const tell = (what: string) => app.http.post(`/api/v1/tenants/${TENANT}/${what}`).auth(operator, { type: 'bearer' }).expect(200);
    await tell('suspend');
    await rig.publish(0, events);
    const troubles = app.app.get(PubSubTroubles);
    await eventually(() => expect(troubles.check()).rejects.toThrow(/events of .* are refused: the tenant .* is not served/), PATIENCE_MS);
    expect(this.left(rig)).toHaveLength(events);
    await tell('resume');
    await this.close(app, { keep: true });
    expect(this.left(rig)).toHaveLength(events);
    await this.expectAllOnce(rig, await this.start(env, app.dataDir), events);
  }

  private subscribe(): Promise<EventSubscriptionRig> {
    return eventSubscription(this.server.client(), TENANT);
  }

  private async proxy(): Promise<TcpFaultProxy> {
    const proxy = await TcpFaultProxy.start(this.server.port);
    this.proxies.push(proxy);
    return proxy;
  }

  private async start(env: Record<string, string>, dataDir?: string): Promise<RunningApp> {
    const app = await startApp(dataDir === undefined ? { env } : { env, dataDir });
    this.running.add(app);
    return app;
  }

  private async close(app: RunningApp, options: { readonly keep?: boolean } = {}): Promise<void> {
    this.running.delete(app);
    await app.close(options);
  }

  private async expectAllOnce(rig: EventSubscriptionRig, app: Served, count: number): Promise<void> {
    await eventually(async () => expect((await balanceOf(app, TENANT)).stored).toBe(count), PATIENCE_MS);
    await eventually(() => expect(this.left(rig)).toEqual([]), PATIENCE_MS);
    expect(await storedNumbers(app, TENANT)).toEqual(upTo(count));
    expect((await balanceOf(app, TENANT)).remainder).toBe(0);
  }

  /** Numbers of events that are not acknowledged. */
  private left({ name }: EventSubscriptionRig): number[] {
    return this.server.unacknowledged(name).map(({ data }) => Number(/h-(\d+)/.exec(data.toString())?.[1]));
  }
}
