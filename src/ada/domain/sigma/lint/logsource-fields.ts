import { type Fields, isGiven } from '../fields.js';
import type { Logsource } from '../sigma-rule.js';
import type { FieldTaxonomy } from './field-taxonomy.js';
import type { KnownFields } from './known-fields.js';

const MAX_NAME = 64;
const MAX_ABOUT = 200;

/** Says of names whether events of a rule's log source are known to have such a field. */
export class LogsourceFields {
  private readonly reasons = new Map<string, string>();
  private readonly about: string;

  private constructor(
    logsource: Logsource,
    private readonly known: KnownFields,
  ) {
    this.about = Object.values(logsource).join('/').slice(0, MAX_ABOUT);
  }

  /** Not there where a rule is written in names other than Sigma's (`taxonomy`), and where the fields of its log source are not known. */
  static of({ taxonomy: names }: Fields, logsource: Logsource, taxonomy: FieldTaxonomy): LogsourceFields | undefined {
    const known = isGiven(names) && names !== 'sigma' ? undefined : taxonomy.fieldsOf(logsource);
    return known && new LogsourceFields(logsource, known);
  }

  /** Why a name can be none of theirs, with the nearest that is one. */
  against(name: string): string | undefined {
    if (this.known.has(name)) return undefined;
    const reason = this.reasons.get(name) ?? this.reasonAgainst(name);
    this.reasons.set(name, reason);
    return reason;
  }

  private reasonAgainst(name: string): string {
    const nearest = this.known.nearest(name);
    const unknown = `no event of ${this.about} is known to have a field "${name.slice(0, MAX_NAME)}"`;
    if (nearest === undefined) return unknown;
    const isOnlyCase = nearest.toLowerCase() === name.toLowerCase();
    return `${unknown}: did you mean "${nearest}"?${isOnlyCase ? ' Upper and lower case count in names' : ''}`;
  }
}
