import type { RuleSummary } from '../../../contracts/rule-catalog.js';
import type { AttackCatalog } from './attack-catalog.js';

const LAYER_VERSION = '4.5';
const NAVIGATOR_VERSION = '5.1.0';
const MOST_RULES_NAMED = 50;
const MAX_TITLE = 200;
const PALE = '#dbe9f6';
const DARK = '#08519c';

/** A technique of a layer. */
export interface LayerTechnique {
  readonly techniqueID: string;
  /** Rules that look for it. */
  readonly score: number;
  readonly enabled: true;
  readonly comment: string;
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
  readonly showSubtechniques: boolean;
}

/** A layer of the ATT&CK Navigator, format 4.5. */
export interface AttackLayer {
  readonly name: string;
  readonly description: string;
  readonly domain: 'enterprise-attack';
  readonly versions: { readonly attack?: string; readonly navigator: string; readonly layer: string };
  readonly techniques: readonly LayerTechnique[];
  readonly gradient: { readonly colors: readonly string[]; readonly minValue: number; readonly maxValue: number };
  readonly hideDisabled: false;
}

/**
 * What rules look for, as a layer; filters look for nothing. A technique's score is the number of its rules, which are named with it, at most 50. A technique that ATT&CK has given up stands
 * under the one that has taken its place. A technique is shown open where some of its sub-techniques are covered.
 */
export function attackLayer(inForce: readonly RuleSummary[], catalog: AttackCatalog): AttackLayer {
  const rules = inForce.filter(({ type }) => type !== 'filter');
  const byTechnique = new Map<string, RuleSummary[]>();
  for (const rule of rules) {
    for (const technique of new Set(rule.techniques.map((id) => catalog.currentOf(id)))) {
      byTechnique.set(technique, [...(byTechnique.get(technique) ?? []), rule]);
    }
  }
  const ids = [...byTechnique.keys()].toSorted();
  const open = new Set(ids.filter((id) => id.includes('.')).map((id) => id.slice(0, id.indexOf('.'))));
  const techniques = ids.map((id) => techniqueOf(id, byTechnique.get(id) ?? [], catalog, open.has(id)));
  const { version } = catalog;
  return {
    name: 'GATRA rules in force',
    description: `${rules.length} rules, ${techniques.length} techniques`,
    domain: 'enterprise-attack',
    versions: { ...(version === null ? {} : { attack: version }), navigator: NAVIGATOR_VERSION, layer: LAYER_VERSION },
    techniques,
    gradient: { colors: [PALE, DARK], minValue: 0, maxValue: Math.max(1, ...techniques.map(({ score }) => score)) },
    hideDisabled: false,
  };
}

function techniqueOf(id: string, rules: readonly RuleSummary[], catalog: AttackCatalog, isOpen: boolean): LayerTechnique {
  const named = rules.toSorted((a, b) => (a.title < b.title ? -1 : 1)).slice(0, MOST_RULES_NAMED);
  const name = catalog.nameOf(id);
  return {
    techniqueID: id,
    score: rules.length,
    enabled: true,
    comment: [name, `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`].filter((part) => part !== undefined).join(': '),
    metadata: named.map(({ title, author }) => ({ name: title.slice(0, MAX_TITLE), value: author.slice(0, MAX_TITLE) })),
    showSubtechniques: isOpen,
  };
}
