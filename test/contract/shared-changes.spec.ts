import { ANYTHING, NoChangeSignal } from '../../src/platform/changes/change-signal.js';
import { PostgresChangeSignal } from '../../src/platform/changes/postgres-change-signal.js';
import { SharedChanges } from '../../src/platform/changes/shared-changes.js';
import { eventually } from '../support/eventually.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { keepsInstancesAlike } from './shared-changes.contract.js';

/** How often instances ask by themselves where nothing tells them. */
const ASKED_MS = 1_000;

describe('changes that instances ask for by themselves', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  keepsInstancesAlike(
    () => new SharedChanges(new NoChangeSignal(), 60_000),
    async (expectation) => {
      await jest.advanceTimersByTimeAsync(ASKED_MS);
      expectation();
    },
  );
});

describeWithPostgres('changes that are told over PostgreSQL', (server) => {
  const url = (): string => server().url('postgres', 'gatra_app');

  keepsInstancesAlike(() => new SharedChanges(new PostgresChangeSignal(url(), 'gatra_changed'), 60_000));

  it('R63 is silent while PostgreSQL is away, and says so; what was missed is asked for when it is back', async () => {
    const [sender, receiver] = [new PostgresChangeSignal(url(), 'gatra_changed'), new PostgresChangeSignal(url(), 'gatra_changed')];
    let told = 0;
    sender.listen(() => undefined);
    receiver.listen(() => (told += 1));
    await eventually(() => expect([sender.isLive, receiver.isLive, told]).toEqual([true, true, 1]));
    sender.send(ANYTHING);
    await eventually(() => expect(told).toBe(2));
    await server().kill();
    await eventually(() => expect([sender.isLive, receiver.isLive]).toEqual([false, false]));
    sender.send(ANYTHING);
    await server().begin();
    await eventually(() => expect([sender.isLive, receiver.isLive, told]).toEqual([true, true, 3]));
    sender.send(ANYTHING);
    await eventually(() => expect(told).toBe(4));
    await Promise.all([sender.end(), receiver.end()]);
    expect([sender.isLive, receiver.isLive]).toEqual([false, false]);
  });
});
