import { toTenantId } from '../../contracts/tenant.js';
import { IngestTurns } from './ingest-turns.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

describe('requests on their way into a thread', () => {
  it('are let in so many at once, in their order, each tenant by itself', async () => {
    const turns = new IngestTurns(2);
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const enter = (tenant: typeof ACME, name: string): Promise<string> =>
      turns.run(tenant, () => {
        begun.push(name);
        return new Promise((end) => ends.set(name, () => end(name)));
      });
    const all = [enter(ACME, 'a1'), enter(ACME, 'a2'), enter(ACME, 'a3'), enter(ACME, 'a4'), enter(GLOBEX, 'g1')];
    expect(begun).toEqual(['a1', 'a2', 'g1']);
    ends.get('a2')?.();
    await all[1];
    expect(begun).toEqual(['a1', 'a2', 'g1', 'a3']);
    for (const name of ['a1', 'a3', 'g1']) ends.get(name)?.();
    await Promise.all([all[0], all[2], all[4]]);
    expect(begun.at(-1)).toBe('a4');
    ends.get('a4')?.();
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'g1']);
  });

  it('one that fails makes room as any other', async () => {
    const turns = new IngestTurns(1);
    const failed = turns.run(ACME, () => Promise.reject(new Error('refused')));
    const next = turns.run(ACME, async () => 'done');
    await expect(failed).rejects.toThrow('refused');
    expect(await next).toBe('done');
  });
});
