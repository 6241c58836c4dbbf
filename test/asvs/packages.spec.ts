import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface LockedPackage {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

describe('what the app is made of', () => {
  it('ASVS V15.1.2 every package is locked with its digest, and comes from the registry', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
    const { '': root, ...locked } = packages;
    expect(root).toBeDefined();
    expect(Object.keys(locked).length).toBeGreaterThan(300);
    for (const [path, { integrity, resolved, link }] of Object.entries(locked)) {
      expect({ path, integrity, link }).toEqual({ path, integrity: expect.stringMatching(/^sha512-/), link: undefined });
      expect({ path, isForeign: resolved !== undefined && !resolved.startsWith('https:') }).toEqual({ path, isForeign: false });
    }
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
    const wanted = Object.values({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    expect(wanted.filter((range) => /^(git|http|file|github|link):?/.test(range))).toEqual([]);
  });

  it('ASVS V15.2.3 the build holds the app alone: no tests, fakes or samples', () => {
    expect(existsSync('dist/main.js')).toBe(true);
    const built = readdirSync('dist', { recursive: true, encoding: 'utf8' });
    expect(built.filter((name) => /(^|\/)(test|tests|fakes|fixtures|bench|samples?)(\/|$)|\.spec\./.test(name))).toEqual([]);
  });
});
