import type { ActionTarget } from '../../contracts/containment.js';

/**
 * Tells whether a target is, or holds, something that the tenant calls critical: the same name, its host part (`dc01.corp.example` where
 * `dc01` is critical), its account part (`corp\admin`, `admin@corp`), or a domain above a critical name.
 * @param critical names in lower case.
 */
export function isCriticalTarget(target: ActionTarget, critical: readonly string[]): boolean {
  const value = target.value.toLowerCase();
  const names = new Set([value, ...partsOf(target.type, value)]);
  return critical.some((name) => names.has(name) || (target.type === 'domain' && name.endsWith(`.${value}`)));
}

function partsOf(type: ActionTarget['type'], value: string): readonly string[] {
  if (type === 'host') return [value.split('.')[0] ?? value];
  if (type !== 'user' && type !== 'cloud_account') return [];
  const bare = value.slice(value.lastIndexOf('\\') + 1);
  return [bare, bare.split('@')[0] ?? bare];
}
