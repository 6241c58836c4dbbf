import { readFileSync } from 'node:fs';

/** A package as it is locked. */
export interface LockedPackage {
  /** Where it is installed under another name. */
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** `package.json`, as far as it says what is used. */
export interface Manifest {
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

/** What is used, by this project itself. */
export function readManifest(): Manifest {
  return JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
}

/** Every locked package, by the place that it is installed in. */
export function lockedPackages(): Readonly<Record<string, LockedPackage>> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
  const { '': _, ...locked } = packages;
  return locked;
}

/** The packages that the running app has: neither for the build nor optional. */
export function shippedPackages(): Readonly<Record<string, LockedPackage>> {
  return Object.fromEntries(
    Object.entries(lockedPackages()).filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional),
  );
}

/** Name of the package in a place: `node_modules/a/node_modules/@b/c` is `@b/c`. */
export function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
