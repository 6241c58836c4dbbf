import { eventually } from '../support/eventually.js';
import { NeighbouringReleases } from '../support/neighbouring-releases.js';
import { onPostgres } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { stepsOfFiles, stepsOfPostgres, type SchemaSteps } from '../support/schema-steps.js';

const PATIENCE_MS = 120_000;

/** Where cases are. */
interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: (releases: () => NeighbouringReleases) => SchemaSteps;
}

function neighbours(make: () => Promise<Place>): void {
  let releases: NeighbouringReleases;
  let steps: SchemaSteps;
  beforeAll(async () => {
    const place = await make();
    releases = await NeighbouringReleases.start(place.env);
    steps = place.steps(() => releases);
  });
  afterAll(() => releases.stop());
  afterEach(() => releases.setAhead('nobody'));

  /** All alerts are judged, and there are more of them, and more actions, than there were. */
  const goesOn = async (work: () => Promise<void>): Promise<void> => {
    const before = { alerts: (await releases.alerts()).length, actions: (await releases.actions()).length };
    await work();
    await eventually(async () => {
      const alerts = await releases.alerts();
      expect(alerts.length).toBeGreaterThan(before.alerts);
      expect(alerts.filter(({ verdict }) => verdict === null)).toEqual([]);
      expect((await releases.actions()).length).toBeGreaterThan(before.actions);
    }, PATIENCE_MS);
    expect(await releases.deadLetters()).toEqual([]);
  };
  const learns = async (place: number): Promise<void> => {
    await releases.giveFeedback((await releases.alerts())[place]?.alert_id ?? '');
    await eventually(() => expect(releases.answersOf('cla')).toContain(200), PATIENCE_MS);
  };

  it('R06 agents that are a release ahead are understood', async () => {
    releases.setAhead('agent');
    await goesOn(() => releases.sendAttack());
    await learns(0);
    expect(new Set([...releases.answersOf('taa'), ...releases.answersOf('cra')])).toEqual(new Set([200]));
    expect(releases.logged('work.retry')).toEqual([]);
  });

  it('R06 what a caller a release ahead asks waits, as no attempt, until its agents are up to date', async () => {
    const seemBehind = async (...agents: readonly ('taa' | 'cra' | 'cla')[]): Promise<void> => {
      const before = releases.logged('work.put_off').length;
      releases.setAhead('caller', agents);
      await releases.sendAttack();
      if (agents.includes('cla')) await releases.giveFeedback((await releases.alerts())[1]?.alert_id ?? '');
      for (const agent of agents) {
        const behind = `${agent} is of an earlier release: it does not know`;
        await eventually(() => expect(releases.logged('work.put_off').slice(before).join('\n')).toContain(behind), PATIENCE_MS);
      }
    };
    await goesOn(async () => {
      await seemBehind('taa', 'cla');
      expect((await releases.alerts()).filter(({ verdict }) => verdict === null)).not.toEqual([]);
      releases.setAhead('nobody');
    });
    await eventually(() => expect(releases.answersOf('cla')).toContain(200), PATIENCE_MS);
    await goesOn(async () => {
      await seemBehind('cra');
      releases.setAhead('nobody');
    });
    expect(releases.logged('work.retry')).toEqual([]);
  });

  it('DUR-16 processes go on when a later release adds to the tables, and start no more until it has taken that back', async () => {
    await steps.doLaterStep();
    await goesOn(() => releases.sendAttack());
    await learns(2);
    await releases.kill('taa');
    await expect(releases.begin('taa')).rejects.toThrow(/later version of GATRA \(its step zzz-0001-later is not known here/);
    await steps.undoLaterStep();
    await releases.begin('taa');
    await goesOn(() => releases.sendAttack());
  });

  it('DUR-16 tables of the release before are brought up to date with what is in them, by whichever process starts first', async () => {
    const before = await releases.alerts();
    await releases.halt();
    await steps.undoOwnStep();
    expect(await steps.hasOwnStep()).toBe(false);
    await Promise.all((['mssp', 'taa', 'cra', 'cla'] as const).map((service) => releases.begin(service)));
    expect(await steps.hasOwnStep()).toBe(true);
    expect(await releases.alerts()).toEqual(before);
    await goesOn(() => releases.sendAttack());
  });
}

describe('neighbouring releases, on files', () => {
  neighbours(async () => ({ env: {}, steps: (releases) => stepsOfFiles(() => releases().dataDir) }));
});

describeWithPostgres('neighbouring releases, on PostgreSQL', (server) => {
  neighbours(async () => {
    const { database, env } = await onPostgres(server());
    return { env, steps: () => stepsOfPostgres(server(), database) };
  });
});
