import type { LoadedRules, UnsupportedRule } from '../domain/rule-source.js';
import type { CorrelationRule } from '../domain/sigma/correlation/correlation-rule.js';
import { linkCorrelations } from '../domain/sigma/correlation/link-correlations.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import type { FilterRule } from '../domain/sigma/filters/filter-rule.js';
import { linkFilters } from '../domain/sigma/filters/link-filters.js';
import { readDocument, type SigmaDocument } from '../domain/sigma/read-document.js';
import { SigmaError } from '../domain/sigma/sigma-error.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { readYamlDocuments, type UnreadDocument, type YamlDocument } from './yaml-documents.js';

const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 50_000;
const MAX_SHOWN = 200;

interface Place {
  readonly path: string;
  readonly line: number;
}

/** Turns documents into rules, keeps count of what was read, and knows where each came from. */
export class RuleReader {
  readonly rules: SigmaRule[] = [];
  readonly correlations: CorrelationRule[] = [];
  readonly filters: FilterRule[] = [];
  readonly unsupported: UnsupportedRule[] = [];
  private readonly places = new Map<string, Place>();
  private files = 0;
  private bytes = 0;

  constructor(private readonly context: ReadingContext) {}

  /** @throws Error beyond the bound of all files together. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_TOTAL_BYTES) throw new Error(`rules are larger than ${MAX_TOTAL_BYTES} bytes in all`);
  }

  /** Reports a file that is not read. */
  refuse(path: string, reason: string): void {
    this.unsupported.push({ path, reason });
  }

  /** Reports a rule that was read and cannot be put in force. */
  refuseRule({ id, title }: { readonly id: string; readonly title: string }, reason: string): void {
    this.unsupported.push({ ...(this.places.get(id) ?? { path: '' }), id, title, reason });
  }

  /** @throws Error beyond the bound of the number of files. */
  read(path: string, content: Buffer, counted = false): void {
    if (++this.files > MAX_FILES) throw new Error(`more than ${MAX_FILES} rule files`);
    if (!counted) this.count(content.length);
    for (const document of this.documentsOf(path, content)) this.add(path, document);
  }

  /** Looks up what the documents refer to; what refers to nothing is reported. */
  link(): LoadedRules {
    const { correlations, refused, quiet } = linkCorrelations(this.rules, this.correlations);
    const filters = linkFilters(this.rules, this.filters);
    for (const { rule, reason } of [...refused, ...filters.refused]) this.refuseRule(rule, reason);
    return { rules: this.rules, correlations, filters: filters.filters, quiet, unsupported: this.unsupported };
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
    const { line } = document;
    if ('reason' in document) {
      this.unsupported.push({ path, line, reason: document.reason });
      return;
    }
    try {
      this.keep(readDocument(document.value, this.context), { path, line });
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      const { value } = document;
      this.unsupported.push({ path, line, ...textField(value, 'id'), ...textField(value, 'title'), reason: error.message });
    }
  }

  private keep(document: SigmaDocument, place: Place): void {
    const { id } = document.rule;
    const first = this.places.get(id);
    if (first !== undefined) throw new SigmaError(`a rule with this id was read before, from ${first.path}`);
    this.places.set(id, place);
    if (document.kind === 'detection') this.rules.push(document.rule);
    else if (document.kind === 'correlation') this.correlations.push(document.rule);
    else this.filters.push(document.rule);
  }
}

function textField<N extends 'id' | 'title'>(document: unknown, name: N): { readonly [K in N]?: string } {
  const value: unknown = typeof document === 'object' && document !== null ? (document as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? ({ [name]: value.slice(0, MAX_SHOWN) } as { readonly [K in N]?: string }) : {};
}
