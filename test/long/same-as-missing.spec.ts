import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { IsolationProbe } from '../../src/cli/probe/isolation-probe.js';
import { missingLike } from '../../src/cli/probe/known-ids.js';
import { BuiltApp } from '../support/built-app.js';
import { canaryTenants, STRANGER } from '../support/canary-tenants.js';

const PAIRS = 2_000;
const WARM_UP = 200;
const MOST_APART = 0.05;
const ROUTES = [
  ['alerts', 'alert_id'],
  ['incidents', 'incident_id'],
  ['events', 'event_id'],
] as const;

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

describe('the time that a refusal takes', () => {
  let app: BuiltApp;
  let foreign: ReadonlyMap<string, string>;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  beforeAll(async () => {
    app = await BuiltApp.start();
    const tenants = canaryTenants(app);
    const probe = new IsolationProbe(tenants);
    await probe.prepareOwner();
    foreign = probe.seedOf(tenants.owner)?.values ?? new Map();
  });
  afterAll(async () => {
    agent.destroy();
    await app.stop();
  });

  /** Milliseconds until a refusal with 404 has been read. */
  const refused = (path: string, token: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const headers = { Authorization: `Bearer ${token}` };
      const sent = request(app.baseUrl + path, { agent, headers }, (answer) => {
        answer.resume();
        answer.once('end', () => {
          if (answer.statusCode === 404) resolve(performance.now() - began);
          else reject(new Error(`${path}: ${answer.statusCode}`));
        });
      });
      sent.once('error', reject).end();
    });

  it.each(ROUTES)(
    'TEN-03 same-as-missing: another tenant’s %s takes as long as none, by medians of 2,000 pairs',
    async (collection, name) => {
      const id = foreign.get(name) ?? '';
      expect(id).not.toBe('');
      const token = await app.token(STRANGER, 'analyst');
      const times: [number[], number[]] = [[], []];
      for (let pair = -WARM_UP; pair < PAIRS; pair++) {
        const first = randomInt(2);
        for (const kind of [first, 1 - first]) {
          const took = await refused(`/api/v1/${collection}/${kind === 0 ? id : missingLike(id, randomInt)}`, token);
          if (pair >= 0) times[kind]?.push(took);
        }
      }
      const [theirs, nobodys] = [median(times[0]), median(times[1])];
      process.stdout.write(`TEN-03 ${collection}: medians ${theirs.toFixed(3)} and ${nobodys.toFixed(3)} ms\n`);
      expect(times.map(({ length }) => length)).toEqual([PAIRS, PAIRS]);
      expect(Math.abs(theirs - nobodys) / Math.min(theirs, nobodys)).toBeLessThan(MOST_APART);
    },
    300_000,
  );
});
