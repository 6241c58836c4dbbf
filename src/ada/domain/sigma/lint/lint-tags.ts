import type { AttackCatalog } from '../../attack/attack-catalog.js';
import { readTags } from '../attack-tags.js';
import type { LintRemark } from './lint-remark.js';

const MAX_TAG = 64;
/** ATT&CK's groups, software, tactics, mitigations and data sources, which rules may name as well. */
const OTHER_OBJECT = /^attack\.(?:g|s|ta|m|ds)\d{4}$/;

/** Remarks about tags of ATT&CK that have no meaning, or no longer the one that they had. Techniques are held against a catalog that is not empty. */
export function lintTags(tags: unknown, catalog: AttackCatalog): LintRemark[] {
  if (!Array.isArray(tags)) return [];
  return (tags as unknown[]).flatMap((tag, at) => {
    const reason = typeof tag === 'string' ? remarkOn(tag, catalog) : undefined;
    return reason === undefined ? [] : [{ path: ['tags', at], reason: `tag "${String(tag).slice(0, MAX_TAG)}" ${reason}` }];
  });
}

function remarkOn(tag: string, catalog: AttackCatalog): string | undefined {
  const {
    tags: [read = ''],
    techniques: [technique],
    tactics,
  } = readTags([tag]);
  if (!read.startsWith('attack.')) return undefined;
  if (technique === undefined) {
    return tactics.length > 0 || OTHER_OBJECT.test(read) ? undefined : 'has neither the form of a technique nor that of a tactic of ATT&CK';
  }
  if (catalog.size === 0) return undefined;
  const current = catalog.currentOf(technique);
  if (current !== technique) return `was revoked: ${current} stands for it today`;
  return catalog.nameOf(technique) === undefined ? 'is no technique of ATT&CK' : undefined;
}
