import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../contracts/tenant.js';
import { ANYTHING, ChangeSignal } from './change-signal.js';
import { Stirs } from './stirs.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

/** A signal that notes what it is to send, and says what a test wants. */
class ScriptedSignal extends ChangeSignal {
  readonly isLive = true;
  readonly sent: string[] = [];
  says: (about: string) => void = () => undefined;

  listen(listener: (about: string) => void): void {
    this.says = listener;
  }

  send(about: string): void {
    this.sent.push(about);
  }

  async end(): Promise<void> {
    // nothing was begun
  }
}

describe('stirs', () => {
  let signal: ScriptedSignal;
  let stirs: Stirs;
  let heard: string[];
  beforeEach(() => {
    signal = new ScriptedSignal();
    stirs = new Stirs(signal);
    heard = [];
    for (const kind of ['feed', 'work'] as const) stirs.listen(kind, (tenant) => heard.push(`${kind} ${tenant ?? '*'}`));
    stirs.onApplicationBootstrap();
  });

  it('reach whoever listens for their kind, here and elsewhere', () => {
    stirs.stir('feed', ACME);
    stirs.stirOthers('work', GLOBEX);
    expect([heard, signal.sent]).toEqual([['feed acme-corp'], ['feed acme-corp', 'work globex']]);
  });

  it('from elsewhere are passed on; anything may have changed where the signal was away', () => {
    for (const about of ['feed acme-corp', 'work globex', ANYTHING]) signal.says(about);
    expect(heard).toEqual(['feed acme-corp', 'work globex', 'feed *', 'work *']);
  });

  it('that are forged say nothing', () => {
    for (const about of ['', 'feed', 'feed ', 'feed *', 'keys acme-corp', 'feed ../acme', `feed ${'x'.repeat(90)}`]) signal.says(about);
    expect([heard, signal.sent]).toEqual([[], []]);
  });

  it('that come close together are told others at once and once more, for each tenant', async () => {
    for (let n = 0; n < 100; n += 1) stirs.stir('feed', n % 2 === 0 ? ACME : GLOBEX);
    expect([heard.length, signal.sent]).toEqual([100, ['feed acme-corp', 'feed globex']]);
    await sleep(150);
    expect(signal.sent).toEqual(['feed acme-corp', 'feed globex', 'feed acme-corp', 'feed globex']);
    stirs.stir('feed', ACME);
    expect(signal.sent).toHaveLength(5);
  });
});
