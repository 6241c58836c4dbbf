import { describeWith } from '../support/redis-server.js';
import { ofKind, type Manifest } from './manifest.js';
import { OVERLAYS, render } from './render.js';
import { only } from './rule.js';
import { schemaFaults } from './schema-faults.js';

/** Fields whose own keys are anybody's: labels, settings, quantities. */
const FREE = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'data',
  'selector',
  'requests',
  'limits',
  'hard',
  'max',
  'default',
  'defaultRequest',
]);

/** Fields without which there is nothing to look up. */
const WHAT_IT_IS = new Set(['apiVersion', 'kind', 'metadata']);

async function faultsOf(manifests: readonly Manifest[]): Promise<readonly string[]> {
  return (await Promise.all(manifests.map(schemaFaults))).flat();
}

/** Paths of all fields that an interface has named, of one item in each list. */
function fieldsOf(value: unknown, isFree = false): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const below = fieldsOf(member, FREE.has(key) && !('matchLabels' in (member as object))).map((path) => [key, ...path]);
    return Array.isArray(value) || isFree ? below : [[key], ...below];
  });
}

/** A copy in which one field's name has a letter too many. */
function misspelt<T>(value: T, [key = '', ...rest]: readonly string[]): T {
  const copy = structuredClone(value) as Record<string, unknown>;
  if (rest.length > 0) copy[key] = misspelt(copy[key], rest);
  else {
    copy[`${key}s`] = copy[key];
    delete copy[key];
  }
  return copy as T;
}

describeWith(['kubectl'], 'the manifests of Kubernetes', () => {
  it.each(OVERLAYS)('OPS-03 of %s are what the interfaces of their kinds take, to the last field', async (overlay) => {
    const manifests = render(overlay);
    expect(manifests.length).toBeGreaterThan(30);
    expect(await faultsOf(manifests)).toEqual([]);
  });

  it('OPS-03 show a typo in whichever field of whichever kind it is', async () => {
    const manifests = [...new Map(OVERLAYS.flatMap(render).map((manifest) => [manifest.kind, manifest])).values()];
    const missed: string[] = [];
    let tried = 0;
    for (const manifest of manifests) {
      for (const path of fieldsOf(manifest).filter((fields) => !WHAT_IT_IS.has(fields.join('/')))) {
        tried += 1;
        if ((await schemaFaults(misspelt(manifest, path))).length === 0) missed.push(`${manifest.kind}/${path.join('/')}`);
      }
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(300);
  });

  it('OPS-03 show a value of another type and a kind that nobody knows', async () => {
    const text = JSON.stringify(only(ofKind(render('on-premises'), 'Deployment')));
    for (const [right, wrong] of [
      ['"replicas":3', '"replicas":"3"'],
      ['"periodSeconds":15', '"periodSeconds":"15s"'],
      ['"imagePullPolicy":"IfNotPresent"', '"imagePullPolicy":["IfNotPresent"]'],
      ['"apiVersion":"apps/v1"', '"apiVersion":"apps/v2"'],
      ['"kind":"Deployment"', '"kind":"Deployments"'],
    ] as const) {
      expect(text).toContain(right);
      expect(await schemaFaults(JSON.parse(text.replace(right, wrong)) as Manifest)).not.toEqual([]);
    }
  });
});
