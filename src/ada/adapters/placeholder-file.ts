import { readFile, stat } from 'node:fs/promises';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { UnsupportedRule } from '../domain/rule-source.js';
import { isFields } from '../domain/sigma/fields.js';
import { PlaceholderLists, type ValueLists } from '../domain/sigma/placeholder-lists.js';
import type { DocumentPath } from '../domain/sigma/sigma-error.js';
import { readYamlDocuments } from './yaml-documents.js';

/** What placeholders stand for, and what is wrong in the file that says it. */
export interface ReadPlaceholders {
  readonly lists: PlaceholderLists;
  readonly unsupported: readonly UnsupportedRule[];
  /** What is wrong in lists of single tenants. */
  readonly tenantFaults: ReadonlyMap<TenantId, readonly UnsupportedRule[]>;
}

/** A file as it was at one moment. */
export interface PlaceholderText {
  readonly path: string;
  readonly text: string;
}

/** Where no file says anything. */
export const NO_PLACEHOLDERS: ReadPlaceholders = { lists: new PlaceholderLists(), unsupported: [], tenantFaults: new Map() };

const TENANTS = 'tenants';
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TENANTS = 1_000;
const MAX_NAMES = 1_000;
const MAX_LIST = 10_000;
const MAX_VALUES = 100_000;
const MAX_LENGTH = 1_024;
const MAX_FAULTS = 100;
const MAX_SHOWN = 100;

/** Gathers a file of lists, 4 MiB at most. @throws Error when it cannot be read or is too large */
export async function gatherPlaceholders(path: string): Promise<PlaceholderText> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes`);
  return { path, text: await readFile(path, 'utf8') };
}

/** Gathers and reads a file of lists. @throws Error when it cannot be read or is too large */
export async function readPlaceholderFile(path: string): Promise<ReadPlaceholders> {
  return readPlaceholders(await gatherPlaceholders(path));
}

/**
 * Reads a file in YAML or JSON: lists of values by the name of the placeholder, and under `tenants` the same of single tenants by their ids. A list
 * with a fault is reported and left out, the others are read. 1,000 tenants, 1,000 names and 10,000 values a list at most, 100,000 values in all.
 */
export function readPlaceholders({ path, text }: PlaceholderText): ReadPlaceholders {
  const [document, second] = readYamlDocuments(text);
  if (document === undefined) return NO_PLACEHOLDERS;
  if ('reason' in document) return { ...NO_PLACEHOLDERS, unsupported: [{ path, ...document }] };
  const reader = new PlaceholderReader(path, document.lineOf);
  if (second !== undefined) reader.refuse([], 'only the first document of the file is read');
  return reader.read(document.value);
}

class PlaceholderReader {
  private readonly unsupported: UnsupportedRule[] = [];
  private readonly tenantFaults = new Map<TenantId, UnsupportedRule[]>();
  private values = 0;
  private faults = 0;

  constructor(
    private readonly path: string,
    private readonly lineOf: (part: DocumentPath) => number,
  ) {}

  read(document: unknown): ReadPlaceholders {
    const { [TENANTS]: tenants, ...common } = isFields(document) ? document : { [TENANTS]: undefined };
    if (!isFields(document)) this.refuse([], 'not a mapping of names to lists');
    const lists = new PlaceholderLists(this.readLists(common, []), this.readTenants(tenants));
    return { lists, unsupported: this.unsupported, tenantFaults: this.tenantFaults };
  }

  /** Beyond 100 faults none is told. */
  refuse(part: DocumentPath, reason: string, tenant?: TenantId): void {
    if (++this.faults > MAX_FAULTS) return;
    const fault = { path: this.path, line: this.lineOf(part), reason };
    if (tenant === undefined) this.unsupported.push(fault);
    else this.tenantFaults.set(tenant, [...(this.tenantFaults.get(tenant) ?? []), fault]);
  }

  private readTenants(tenants: unknown): ReadonlyMap<TenantId, ValueLists> {
    const read = new Map<TenantId, ValueLists>();
    if (tenants === undefined || tenants === null) return read;
    if (!isFields(tenants)) this.refuse([TENANTS], 'tenants: not a mapping of tenants to their lists');
    for (const [tenant, lists] of isFields(tenants) ? Object.entries(tenants) : []) {
      const part = [TENANTS, tenant];
      if (!isTenantId(tenant)) this.refuse(part, `tenants: "${tenant.slice(0, MAX_SHOWN)}" is no id of a tenant`);
      else if (!isFields(lists)) this.refuse(part, 'not a mapping of names to lists', tenant);
      else if (read.size >= MAX_TENANTS) this.refuse(part, `tenants: more than ${MAX_TENANTS}`);
      else read.set(tenant, this.readLists(lists, part, tenant));
    }
    return read;
  }

  private readLists(fields: Readonly<Record<string, unknown>>, part: DocumentPath, tenant?: TenantId): ValueLists {
    const lists = new Map<string, readonly string[]>();
    for (const [name, list] of Object.entries(fields)) {
      const values = Array.isArray(list) ? (list as unknown[]) : [];
      const fault = lists.size >= MAX_NAMES ? `more than ${MAX_NAMES} names` : (nameFault(name) ?? this.listFault(list, values));
      if (fault !== undefined) {
        this.refuse([...part, name], `placeholder %${name.slice(0, MAX_SHOWN)}%: ${fault}`, tenant);
        continue;
      }
      this.values += values.length;
      lists.set(name, [...new Set(values.map(String))]);
    }
    return lists;
  }

  private listFault(list: unknown, values: readonly unknown[]): string | undefined {
    if (!Array.isArray(list)) return 'not a list of values';
    if (values.length === 0) return 'the list is empty';
    if (values.length > MAX_LIST) return `more than ${MAX_LIST} values`;
    if (this.values + values.length > MAX_VALUES) return `more than ${MAX_VALUES} values in all lists`;
    const at = values.findIndex((value) => valueFault(value) !== undefined);
    return at < 0 ? undefined : `value ${at + 1} is ${valueFault(values[at])}`;
  }
}

function nameFault(name: string): string | undefined {
  return NAME.test(name) ? undefined : 'a name has letters, digits, "_", "." and "-", 100 at most';
}

function valueFault(value: unknown): string | undefined {
  if (typeof value === 'string')
    return value === '' ? 'empty' : value.length > MAX_LENGTH ? `longer than ${MAX_LENGTH} characters` : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? undefined : 'neither text nor a number';
}
