import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCompose } from '../support/compose.js';
import { readDockerfile } from '../support/dockerfile.js';
import { lockedPackages, readManifest, shippedPackages } from '../support/lockfile.js';
import { endOf, LOOKED_UP_ON, RUNTIME_ENDS } from '../support/runtime-ends.js';

/** Licences that the app may be shipped with: each lets everybody use, change and hand it on without opening what it is part of. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'PSF-2.0', 'Python-2.0', 'Unlicense'];
/** Besides, for what builds and tests and is never handed on. */
const ALLOWED_BESIDE = ['CC-BY-3.0', 'CC-BY-4.0', 'CC0-1.0', 'MPL-2.0', 'Zlib'];
const MOST_DIRECT = 40;
/** How old the table of runtimes may be, and how long fixes must go on. */
const YEAR_MS = 366 * 86_400_000;

/** Whether an SPDX expression can be kept with these licences: any part of an OR, every part of an AND. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some((part) => isAllowed(part, allowed));
  if (bare.includes(' AND ')) return bare.split(' AND ').every((part) => isAllowed(part, allowed));
  return allowed.includes(bare);
}

/** What a package says of its licence itself, where the lockfile does not: in the way of long ago, it may be a list. */
function ownLicense(place: string): string {
  const { license, licenses = [] } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
    license?: string;
    licenses?: readonly { type: string }[];
  };
  return license ?? licenses.map(({ type }) => type).join(' OR ');
}

describe('what the app is made of', () => {
  it('SUP-03 everything that is shipped has a licence of the list', () => {
    const shipped = Object.entries(shippedPackages());
    expect(shipped.length).toBeGreaterThan(200);
    const refused = shipped
      .map(([place, { license }]) => [place, license ?? ownLicense(place)] as const)
      .filter(([, license]) => !isAllowed(license, ALLOWED));
    expect(refused).toEqual([]);
  });

  it('SUP-03 so has everything that builds and tests', () => {
    const known = Object.entries(lockedPackages()).flatMap(([place, { license }]) =>
      license === undefined ? [] : [[place, license] as const],
    );
    expect(known.filter(([, license]) => !isAllowed(license, [...ALLOWED, ...ALLOWED_BESIDE]))).toEqual([]);
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0-or-later', 'SSPL-1.0', 'MIT AND GPL-2.0-only', 'UNLICENSED', ''])(
    'SUP-03 refuses the licence "%s"',
    (license) => {
      expect(isAllowed(license, [...ALLOWED, ...ALLOWED_BESIDE])).toBe(false);
    },
  );

  it('SUP-03 takes a choice that has a licence of the list', () => {
    expect(isAllowed('(MIT OR GPL-3.0-only)', ALLOWED)).toBe(true);
  });

  it('SUP-03 uses no more packages directly than can be looked after', () => {
    expect(Object.keys(readManifest().dependencies).length).toBeLessThanOrEqual(MOST_DIRECT);
  });

  it('SUP-03 every runtime has fixes for a year yet, by a table that is not a year old', () => {
    const today = Date.now();
    expect(today - Date.parse(LOOKED_UP_ON)).toBeLessThan(YEAR_MS);
    const [, line = ''] = /^>=(\d+)$/.exec(readManifest().engines['node'] ?? '') ?? [];
    const bases = readDockerfile(readFileSync('Dockerfile', 'utf8')).stages.map(({ base }) => base);
    const images = Object.values(readCompose('docker-compose.production.yml').services).map(({ image = '' }) => image);
    const used = [
      ['node', line] as const,
      ...bases.flatMap((base) => (/^node:(\d+)/.exec(base) ?? []).slice(1).map((major) => ['node', major] as const)),
      ...bases.flatMap((base) => (/-debian(\d+):/.exec(base) ?? []).slice(1).map((major) => ['debian', major] as const)),
      ...images.flatMap((image) => (/^postgres:(\d+)/.exec(image) ?? []).slice(1).map((major) => ['postgres', major] as const)),
      ...images.flatMap((image) => (/^haproxy:(\d+\.\d+)/.exec(image) ?? []).slice(1).map((minor) => ['haproxy', minor] as const)),
    ];
    expect(new Set(used.map(([name]) => name))).toEqual(new Set(['node', 'debian', 'postgres', 'haproxy']));
    const tooSoon = used.filter(([name, own]) => !(Date.parse(endOf(name, own) ?? '') - Date.parse(LOOKED_UP_ON) > YEAR_MS));
    expect(tooSoon).toEqual([]);
    expect(endOf('node', '8')).toBeUndefined();
    expect(RUNTIME_ENDS.every(({ ends }) => /^\d{4}-\d\d-\d\d$/.test(ends))).toBe(true);
  });
});
