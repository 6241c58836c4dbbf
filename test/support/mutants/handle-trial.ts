import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { toTenantId } from '../../../src/contracts/tenant.js';
import { STRANGER } from '../canary-tenants.js';
import type { Mutant } from './mutant.js';

const STRANGERS = toTenantId(STRANGER);
const STORE = /constructor\([^)]*\b(databases: TenantDatabases|cases: CaseFiles)/;

/** The mutant's one source file where it is a store that takes a tenant's database, or its keys, by `….of(tenant)`; `undefined` for others. */
export function storeOf({ edits }: Mutant): string | undefined {
  const [file, ...others] = new Set(edits.map((edit) => edit.file));
  return file !== undefined && others.length === 0 && STORE.test(readFileSync(file, 'utf8')) ? file : undefined;
}

/**
 * Calls every method of a store's classes for the stranger and looks whose database it takes: another's is a fault, and so is a method of the
 * mutated store that takes none where the store's own takes one.
 * @throws Error where the store cannot be loaded.
 */
export async function handleFaults(main: string, file: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [method, taken] of await handlesTaken(join(dirname(main), file.replace(/^src\//, '').replace(/\.ts$/, '.js')))) {
    const foreign = taken.filter((tenant) => tenant !== STRANGERS);
    if (foreign.length > 0) faults.push(`${method} of the stranger takes the database of ${foreign.join(', ')}`);
  }
  return faults;
}

/** Whose databases each method takes when it is called for the stranger. */
export async function handlesTaken(built: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const fresh = join(dirname(built), `trial-${randomUUID()}.js`);
  copyFileSync(built, fresh);
  try {
    const taken = new Map<string, readonly string[]>();
    for (const exported of Object.values((await import(fresh)) as Record<string, unknown>)) {
      if (typeof exported !== 'function' || !/^class\b/.test(String(exported))) continue;
      const names = Object.getOwnPropertyNames(exported.prototype).filter((name) => name !== 'constructor');
      for (const name of names) taken.set(name, await takenBy(exported as NewStore, name));
    }
    return taken;
  } finally {
    if (existsSync(fresh)) rmSync(fresh);
  }
}

type NewStore = new (...parts: readonly unknown[]) => Record<string, (...parts: readonly unknown[]) => unknown>;

async function takenBy(Store: NewStore, method: string): Promise<readonly string[]> {
  const taken: string[] = [];
  const of = (tenant: unknown): Promise<never> => {
    taken.push(String(tenant));
    return Promise.reject(new Error('seen enough'));
  };
  try {
    const answer = new Store(anything({ of }), anything({ of }), anything(), anything())[method]?.(
      STRANGERS,
      anything(),
      anything(),
      anything(),
      anything(),
    );
    if (isIterable(answer)) await answer[Symbol.asyncIterator]().next();
    else await answer;
  } catch {
    return taken;
  }
  return taken;
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Answers every question that it knows nothing of with itself, and is one item long where it is gone through. */
function anything(known: Readonly<Record<string, unknown>> = {}): unknown {
  const self: unknown = new Proxy(() => self, {
    get: (_, name) => {
      if (name === 'then') return undefined;
      if (typeof name === 'string' && name in known) return known[name];
      if (name === Symbol.iterator) return () => [self].values();
      if (name === Symbol.toPrimitive) return () => 1;
      return name === 'length' ? 1 : self;
    },
    apply: () => self,
  });
  return self;
}
