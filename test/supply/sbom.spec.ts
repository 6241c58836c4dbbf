import { spawnSync } from 'node:child_process';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { lockedPackages, nameOf } from '../support/lockfile.js';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string }[];
  readonly components?: readonly Component[];
}

interface Bill {
  readonly specVersion: string;
  readonly components: readonly Component[];
}

const VALIDATOR = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

/** Components with those that are installed inside others. */
function all(components: readonly Component[] = []): readonly Component[] {
  return components.flatMap((component) => [component, ...all(component.components)]);
}

const identity = ({ group, name, version }: Component): string => `${group === undefined ? '' : `${group}/`}${name}@${version}`;

describe('the bill of materials', () => {
  let text: string;
  let bill: Bill;
  beforeAll(() => {
    const made = spawnSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect([made.status, made.status === 0 ? '' : made.stderr]).toEqual([0, '']);
    text = made.stdout;
    bill = JSON.parse(text) as Bill;
  }, 120_000);

  it('SUP-02 names every locked package that is not for the build alone, and no other', () => {
    const used = Object.entries(lockedPackages()).filter(([, { dev }]) => !dev);
    const locked = used.map(([place, { name, version }]) => `${name ?? nameOf(place)}@${version}`);
    expect(locked.length).toBeGreaterThan(200);
    expect([...new Set(all(bill.components).map(identity))].sort()).toEqual([...new Set(locked)].sort());
  });

  it('SUP-02 is valid by the schema of CycloneDX 1.6, and one that is not is refused', async () => {
    expect(bill.specVersion).toBe('1.6');
    expect(await VALIDATOR.validate(text)).toBeNull();
    const broken = JSON.stringify({ ...bill, components: [{ name: 'no-type', version: '1.0.0' }] });
    expect(await VALIDATOR.validate(broken)).not.toBeNull();
  });

  it('SUP-02 is the same each time', () => {
    const again = spawnSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect(again.stdout === text).toBe(true);
  }, 60_000);
});
