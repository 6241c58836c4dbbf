import type { RuleRecord } from '../scorecard/rule-record.js';
import type { AttackCatalog } from './attack-catalog.js';

const LAYER_VERSION = '4.5';
const NAVIGATOR_VERSION = '5.1.0';
const MOST_RULES_NAMED = 50;
const MAX_TITLE = 200;
const GONE = ' (no longer in force)';
const PALE = '#dbe9f6';
const DARK = '#08519c';

/** What scores say: how many rules look for a technique, or how many alerts they raised. */
export const LAYER_SCORES = ['rules', 'seen'] as const;

/** What a layer is to show. */
export interface LayerView {
  readonly by: (typeof LAYER_SCORES)[number];
  /** How many days the rules' records are of. */
  readonly days: number;
}

/** A technique of a layer. */
export interface LayerTechnique {
  readonly techniqueID: string;
  /** Rules that look for it, or alerts of these. */
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

/** A technique's rules, and what they saw. */
interface SeenTechnique {
  readonly id: string;
  readonly rules: readonly RuleRecord[];
  readonly inForce: number;
  readonly alerts: number;
  /** When the last alert was raised; empty where there is none. */
  readonly last: string;
}

/**
 * What rules look for and what they saw, as a layer; filters look for nothing. A technique's score is the number of its rules in force, or of the alerts that
 * its rules raised, those that are gone among them; the rules are named with it, at most 50. A technique that ATT&CK has given up stands under the one that
 * has taken its place. A technique is shown open where some of its sub-techniques are covered.
 */
export function attackLayer(records: readonly RuleRecord[], catalog: AttackCatalog, view: LayerView): AttackLayer {
  const rules = records.filter(({ rule }) => rule.type !== 'filter');
  const techniques = seenTechniques(rules, catalog).filter(({ inForce }) => inForce > 0 || view.by === 'seen');
  const open = new Set(techniques.filter(({ id }) => id.includes('.')).map(({ id }) => id.slice(0, id.indexOf('.'))));
  const shown = techniques.map((technique) => shownTechnique(technique, catalog, view, open.has(technique.id)));
  const alerts = alertsOf([...new Set(techniques.flatMap((technique) => technique.rules))]);
  const inForce = countOf(rules.filter(({ in_force }) => in_force).length, 'rule');
  const { version } = catalog;
  return {
    name: view.by === 'seen' ? 'What GATRA rules saw' : 'GATRA rules in force',
    description: `${inForce}, ${countOf(shown.length, 'technique')}; ${countOf(alerts, 'alert')} in ${countOf(view.days, 'day')}`,
    domain: 'enterprise-attack',
    versions: { ...(version === null ? {} : { attack: version }), navigator: NAVIGATOR_VERSION, layer: LAYER_VERSION },
    techniques: shown,
    gradient: { colors: [PALE, DARK], minValue: 0, maxValue: shown.reduce((most, { score }) => Math.max(most, score), 1) },
    hideDisabled: false,
  };
}

/** Techniques with their rules, ordered by id. */
function seenTechniques(records: readonly RuleRecord[], catalog: AttackCatalog): readonly SeenTechnique[] {
  const byTechnique = new Map<string, RuleRecord[]>();
  for (const record of records) {
    for (const id of new Set(record.rule.techniques.map((technique) => catalog.currentOf(technique)))) {
      const known = byTechnique.get(id);
      if (known) known.push(record);
      else byTechnique.set(id, [record]);
    }
  }
  return [...byTechnique.keys()].toSorted().map((id) => {
    const rules = byTechnique.get(id) ?? [];
    return {
      id,
      rules,
      inForce: rules.filter(({ in_force }) => in_force).length,
      alerts: alertsOf(rules),
      last: rules.reduce((last, { tally: { last_at } }) => (last_at !== null && last_at > last ? last_at : last), ''),
    };
  });
}

function shownTechnique(seen: SeenTechnique, catalog: AttackCatalog, { by, days }: LayerView, isOpen: boolean): LayerTechnique {
  const { id, rules, inForce, alerts, last } = seen;
  const stretch = `in ${countOf(days, 'day')}`;
  const name = catalog.nameOf(id);
  const what = `${countOf(inForce, 'rule')}; ${countOf(alerts, 'alert')} ${stretch}${last === '' ? '' : `, the last ${last}`}`;
  const named = rules.map(nameOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    techniqueID: id,
    score: by === 'seen' ? alerts : inForce,
    enabled: true,
    comment: name === undefined ? what : `${name}: ${what}`,
    metadata: [
      { name: `Alerts ${stretch}`, value: String(alerts) },
      ...(last === '' ? [] : [{ name: 'Last seen', value: last }]),
      ...named.slice(0, MOST_RULES_NAMED),
    ],
    showSubtechniques: isOpen,
  };
}

function alertsOf(records: readonly RuleRecord[]): number {
  return records.reduce((sum, { tally }) => sum + tally.alerts, 0);
}

function nameOf({ rule: { title, author }, in_force }: RuleRecord): { readonly name: string; readonly value: string } {
  return { name: title.slice(0, MAX_TITLE) + (in_force ? '' : GONE), value: author.slice(0, MAX_TITLE) };
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
