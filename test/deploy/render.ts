import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import type { Manifest } from './manifest.js';

/** Installations that the repository describes. */
export const OVERLAYS: readonly string[] = readdirSync('k8s/overlays');

const rendered = new Map<string, string>();

/** What `kubectl apply -k` would hand to the cluster; each call answers objects of its own. */
export function render(overlay: string): readonly Manifest[] {
  const text = rendered.get(overlay) ?? execFileSync('kubectl', ['kustomize', `k8s/overlays/${overlay}`], { encoding: 'utf8' });
  rendered.set(overlay, text);
  return loadAll(text) as Manifest[];
}
