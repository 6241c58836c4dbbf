import type { TenantId } from '../../contracts/tenant.js';
import type { LoadedRules, UnsupportedRule } from '../domain/rule-source.js';
import type { CorrelationRule } from '../domain/sigma/correlation/correlation-rule.js';
import { linkCorrelations } from '../domain/sigma/correlation/link-correlations.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import { type Fields, isFields } from '../domain/sigma/fields.js';
import type { FilterRule } from '../domain/sigma/filters/filter-rule.js';
import { linkFilters } from '../domain/sigma/filters/link-filters.js';
import { readDocument, type SigmaDocument } from '../domain/sigma/read-document.js';
import type { TenantFault } from '../domain/sigma/read-by-tenant.js';
import type { RefusedRule } from '../domain/sigma/refused-rule.js';
import type { RuleHeader } from '../domain/sigma/rule-header.js';
import { type DocumentPath, SigmaError } from '../domain/sigma/sigma-error.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { RuleFileBounds, type RuleFileTaker } from './rule-file-bounds.js';
import { readYamlDocuments, type UnreadDocument, type YamlDocument } from './yaml-documents.js';

const MAX_SHOWN = 200;

/** Where a document is. */
export interface Place {
  readonly path: string;
  /** Line of the file, from 1, of a part of the document. */
  readonly lineOf: (part: DocumentPath) => number;
}

/** A document that was read, as it was written and as it is understood. */
export interface ReadRule extends Place {
  readonly text: string;
  /** The same as data. */
  readonly written: Fields;
  readonly read: SigmaDocument;
}

/** Turns documents into rules, keeps count of what was read, and knows where each came from. */
export class RuleReader implements RuleFileTaker {
  readonly rules: SigmaRule[] = [];
  readonly correlations: CorrelationRule[] = [];
  readonly filters: FilterRule[] = [];
  readonly unsupported: UnsupportedRule[] = [];
  private readonly tenantFaults = new Map<TenantId, UnsupportedRule[]>();
  private readonly places = new Map<string, Place>();
  private readonly bounds = new RuleFileBounds();

  /** @param onRead is given every rule that was read, among them those that link to nothing. */
  constructor(
    private readonly context: ReadingContext,
    private readonly onRead?: (rule: ReadRule) => void,
  ) {}

  count(bytes: number): void {
    this.bounds.count(bytes);
  }

  refuse(path: string, reason: string): void {
    this.unsupported.push({ path, reason });
  }

  /** Reports a rule that was read and cannot be put in force. */
  refuseRule({ rule: { id, title }, reason, path: part }: RefusedRule<RuleHeader>): void {
    const place = this.places.get(id);
    const where = place === undefined ? { path: '' } : { path: place.path, line: place.lineOf(part) };
    this.unsupported.push({ ...where, id, title, reason });
  }

  read(path: string, content: Buffer, counted = false): void {
    this.bounds.countFile(content, counted);
    for (const document of this.documentsOf(path, content)) this.add(path, document);
  }

  /** Looks up what the documents refer to; what refers to nothing is reported. */
  link(): LoadedRules {
    const { correlations, refused, quiet } = linkCorrelations(this.rules, this.correlations);
    const filters = linkFilters(this.rules, this.filters);
    for (const one of [...refused, ...filters.refused]) this.refuseRule(one);
    return {
      rules: this.rules,
      correlations,
      filters: filters.filters,
      quiet,
      unsupported: this.unsupported,
      tenantFaults: this.tenantFaults,
    };
  }

  private documentsOf(path: string, content: Buffer): readonly (YamlDocument | UnreadDocument)[] {
    try {
      return readYamlDocuments(content.toString('utf8'));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refuse(path, error.message);
      return [];
    }
  }

  private add(path: string, document: YamlDocument | UnreadDocument): void {
    if ('reason' in document) {
      this.unsupported.push({ path, ...document });
      return;
    }
    const { value, text, lineOf } = document;
    try {
      const read = readDocument(value, this.context);
      this.keep(read, { path, lineOf });
      if (read.kind !== 'correlation') this.noteFaults(read.rule, read.tenantFaults, { path, lineOf });
      if (isFields(value)) this.onRead?.({ path, lineOf, text, written: value, read });
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      const about = { ...textField(value, 'id'), ...textField(value, 'title') };
      this.unsupported.push({ path, line: lineOf(error.path), ...about, reason: error.message });
    }
  }

  private noteFaults({ id, title }: RuleHeader, faults: readonly TenantFault[], { path, lineOf }: Place): void {
    for (const { tenant, error } of faults) {
      const fault = { path, line: lineOf(error.path), id, title, reason: error.message };
      const known = this.tenantFaults.get(tenant);
      if (known === undefined) this.tenantFaults.set(tenant, [fault]);
      else known.push(fault);
    }
  }

  private keep(document: SigmaDocument, place: Place): void {
    const { id } = document.rule;
    const first = this.places.get(id);
    if (first !== undefined) throw new SigmaError(`a rule with this id was read before, from ${first.path}`, ['id']);
    this.places.set(id, document.kind === 'detection' ? onlyFirstLine(place) : place);
    if (document.kind === 'detection') this.rules.push(document.rule);
    else if (document.kind === 'correlation') this.correlations.push(document.rule);
    else this.filters.push(document.rule);
  }
}

/** Detection rules refer to nothing, so that nothing inside of them is asked for later, and their YAML need not be held. */
function onlyFirstLine({ path, lineOf }: Place): Place {
  const line = lineOf([]);
  return { path, lineOf: () => line };
}

function textField<N extends 'id' | 'title'>(document: unknown, name: N): { readonly [K in N]?: string } {
  const value = isFields(document) ? document[name] : undefined;
  return typeof value === 'string' ? ({ [name]: value.slice(0, MAX_SHOWN) } as { readonly [K in N]?: string }) : {};
}
