import type { Observation, StixObject } from './observation.js';
import type { PathStep } from './pattern-ast.js';
import type { Steps } from './steps.js';

const HEX = /^(?:[0-9a-f]{2})*$/i;
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}==|[\w+/-]{3}=)?$/;

/**
 * The values that a path leads to from an object (STIX 2.1 section 9.7): through references to the objects of the same observation, and with `_hex` and
 * `_bin` properties as bytes. None where the way ends.
 */
export function selectValues(object: StixObject, path: readonly PathStep[], observation: Observation, steps: Steps): unknown[] {
  let values: unknown[] = [object];
  for (const step of path) {
    const next: unknown[] = [];
    for (const value of values) {
      steps.spend(1);
      if (step.kind === 'key') pushProperty(next, value, step.name, observation);
      else if (Array.isArray(value)) pushElements(next, value, step, steps);
    }
    if (next.length === 0) return next;
    values = next;
  }
  return values;
}

function pushElements(next: unknown[], list: readonly unknown[], step: Exclude<PathStep, { kind: 'key' }>, steps: Steps): void {
  if (step.kind === 'index') {
    if (step.index >= 0 && step.index < list.length) next.push(list[step.index]);
    return;
  }
  steps.spend(list.length);
  for (const element of list) next.push(element);
}

function pushProperty(next: unknown[], value: unknown, name: string, { objects }: Observation): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return;
  const inner = (value as StixObject)[name];
  if (name.endsWith('_refs')) {
    if (Array.isArray(inner)) next.push(inner.flatMap((id) => objects.get(String(id)) ?? []));
    return;
  }
  const read = name.endsWith('_ref') ? objects.get(String(inner)) : bytesOf(name, inner);
  if (read !== undefined) next.push(read);
}

function bytesOf(name: string, value: unknown): unknown {
  const encoding = name.endsWith('_hex') ? 'hex' : name.endsWith('_bin') ? 'base64' : undefined;
  if (encoding === undefined || typeof value !== 'string') return value;
  return (encoding === 'hex' ? HEX : BASE64).test(value) ? new Uint8Array(Buffer.from(value, encoding)) : undefined;
}
