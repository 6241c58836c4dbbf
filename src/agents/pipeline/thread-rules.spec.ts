import { RuleTextCollector } from '../../ada/adapters/rule-texts.js';
import { readDetection } from '../../ada/adapters/load-detection.js';
import type { RulesInForce } from '../../ada/domain/rules-in-force.js';
import { toTenantId } from '../../contracts/tenant.js';
import type { RuleSet } from './rule-set.js';
import { ThreadRules } from './thread-rules.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const ruleOf = (id: string): string => `title: ${id}
id: ${id}
logsource: { product: shop }
detection: { selection: { action: ${id} }, condition: selection }
`;
const filterOf = (id: string): string => `title: No ${id}
id: filter-${id}
logsource: { product: shop }
filter: { rules: [${id}], selection: { action: ${id} }, condition: selection }
`;

function setOf(generation: number, ...ids: readonly string[]): RuleSet {
  const collector = new RuleTextCollector();
  for (const id of ids) collector.read(`${id}.yml`, Buffer.from(ruleOf(id)));
  return { generation, texts: { rules: collector.texts(), filters: new Map(), placeholders: null } };
}

async function made() {
  const taken: string[][] = [];
  const agent = { takeRules: ({ rules }: RulesInForce): void => void taken.push(rules.map(({ id }) => id)) };
  const rules = new ThreadRules(await readDetection(setOf(1, 'a', 'b').texts), agent);
  const inForce = (): string[] => rules.inForce().summaries.rules.map(({ id }) => id);
  return { rules, taken, inForce };
}

describe('ThreadRules', () => {
  it('keeps a set ready beside the one in force, and changes over at once when it is told to', async () => {
    const { rules, taken, inForce } = await made();
    const set = setOf(2, 'b', 'c');
    const told = await rules.prepare(set, true);
    expect(told?.summaries.rules.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(told?.samples.map(({ id }) => id)).toEqual(['b', 'c']);
    expect([inForce(), taken]).toEqual([['a', 'b'], []]);
    const done = rules.take(set);
    expect([inForce(), taken]).toEqual([['b', 'c'], [['b', 'c']]]);
    await done;
    expect(told?.digests).toEqual(rules.inForce().digests);
  });

  it('reads what it has not kept ready: another set, or one that it let go of', async () => {
    const { rules, inForce } = await made();
    expect(await rules.prepare(setOf(2, 'c'), false)).toBeNull();
    await rules.take(setOf(3, 'd'));
    expect(inForce()).toEqual(['d']);
    await rules.prepare(setOf(4, 'e'), false);
    rules.drop();
    const done = rules.take(setOf(4, 'f'));
    expect(inForce()).toEqual(['d']);
    await done;
    expect(inForce()).toEqual(['f']);
  });

  it('brings over what tenants have sent by the moment of the change, linked to the new rules', async () => {
    const { rules } = await made();
    rules.own.set(ACME, { version: 1, document: filterOf('a') });
    rules.own.set(GLOBEX, { version: 1, document: filterOf('b') });
    await rules.prepare(setOf(2, 'b'), false);
    rules.own.forget(GLOBEX);
    const late = toTenantId('late');
    rules.own.set(late, { version: 3, document: filterOf('b') });
    await rules.take(setOf(2, 'b'));
    const sent = [ACME, GLOBEX, late].map((tenant) => rules.own.sentBy(tenant));
    expect(sent.map(({ rules: filters }) => filters.map(({ id }) => id))).toEqual([[], [], ['filter-b']]);
    expect(sent.map(({ unsupported }) => unsupported.length)).toEqual([1, 0, 0]);
    expect([...rules.own.texts()].map(([tenant, { version }]) => [tenant, version])).toEqual([
      [ACME, 1],
      [late, 3],
    ]);
  });
});
