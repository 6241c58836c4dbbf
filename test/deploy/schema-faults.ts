import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Manifest } from './manifest.js';

type Model = new () => { validate(): void };

/** Packages that hold the schemas of a group of interfaces, where it is not one of Kubernetes' own. */
const PACKAGES: Readonly<Record<string, string>> = { 'external-secrets.io': '@kubernetes-models/external-secrets' };

/**
 * What Kubernetes' own schemas have against a manifest. They are compiled validators, which let fields pass that they do not know; but they look up every
 * field that they know, so that one which they leave alone is unknown.
 */
export async function schemaFaults(manifest: Manifest): Promise<readonly string[]> {
  const { kind } = manifest;
  const [version, group] = manifest.apiVersion.split('/').reverse();
  const file = resolve('node_modules', PACKAGES[group ?? ''] ?? 'kubernetes-models', group ?? '', version ?? '', `${kind}.js`);
  const { [kind]: model } = existsSync(file) ? ((await import(file)) as Record<string, Model | undefined>) : {};
  if (model === undefined) return [`${manifest.apiVersion} has no ${kind}`];
  const unknown: (() => readonly string[])[] = [];
  const name = `${kind} ${manifest.metadata.name}`;
  try {
    model.prototype.validate.call(watched(manifest, name, unknown));
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
  return unknown.flatMap((fieldsOf) => fieldsOf());
}

/** A copy that notes which of its fields are looked up; `unknown` is given functions that tell which were not. */
function watched<T>(value: T, path: string, unknown: (() => readonly string[])[]): T {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, watched<unknown>(member, `${path}/${key}`, unknown)] as const);
  const copy = Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
  const seen = new Set<string | symbol>();
  unknown.push(() => entries.flatMap(([key]) => (seen.has(key) ? [] : [`${path}/${key} is unknown`])));
  return new Proxy(copy, {
    get(target, key, receiver): unknown {
      seen.add(key);
      return Reflect.get(target, key, receiver);
    },
  }) as T;
}
