import { isOpenTo, pathParameters, type ApiOperation, type ApiParameter } from './api-operations.js';
import type { Attempt, Outcome, Place, ProbeRequest, Swap } from './attempt.js';
import { exampleBody, type Schema } from './example-body.js';
import type { KnownIds } from './known-ids.js';
import type { Role } from '../../platform/auth/permissions.js';

/** What attempts are made of. */
export interface World {
  /** Of the tenant that is attacked, by name of parameter or field. */
  readonly owner: KnownIds;
  /** Of the tenant that attacks. */
  readonly own: KnownIds;
  /** The same names, of nobody. */
  readonly missing: KnownIds;
  /** Names of what was made for the probe, so that it may be put at risk. */
  readonly seeded: ReadonlySet<string>;
  /** `next_cursor` that the owner was given, by path. */
  readonly cursors: KnownIds;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** The attempts on one operation, and what could not be tried because nothing is known of it. */
export interface Plan {
  readonly attempts: readonly Attempt[];
  readonly unseeded: readonly string[];
}

type Chosen = ReadonlyMap<string, string>;

/** Path parameters that name something of no tenant, or of whichever tenant the path names, with a value that may stand there. */
export const OF_NOBODY: Chosen = new Map([
  ['list', 'domain'],
  ['principal', 'nobody'],
]);
/** Filters by which nothing of one tenant alone is found. */
const SHARED = new Set('limit cursor sort from to source action technique tactic rule_id product level kind'.split(' '));
const SHARED_FIELDS = new Set(['external_id', 'rule_id', 'rule_ids', 'technique_id']);
/** Security schemes that tenants have credentials for; with any other, every one of them is refused before anything is looked at. */
const OF_TENANTS = new Set(['bearer', 'api-key', 'basic']);
/** Headers that are tried, or that name nothing of a tenant. */
const KNOWN_HEADERS =
  /^(x-tenant-id|idempotency-key|if-match|if-none-match|x-correlation-id|last-event-id|accept.*|content-.*|signature.*|x-service-.*)$/i;

/** Everything that a role of one tenant can try to reach another's through an operation. */
export function attemptsOn(operation: ApiOperation, role: Role, world: World): Plan {
  if (operation.isPublic) return { attempts: [], unseeded: [] };
  const isReachable = isOpenTo(operation, role) && operation.schemes.some((scheme) => OF_TENANTS.has(scheme));
  const unseeded = isReachable ? unknownTo(operation, world) : [];
  if (unseeded.length > 0) return { attempts: [], unseeded };
  const planner = new Planner(operation, world, !isOpenTo(operation, role));
  return {
    attempts: [...planner.inPath(), ...planner.inQuery(), ...planner.inBody(), ...planner.inHeader(), ...planner.plainly()],
    unseeded,
  };
}

function unknownTo(operation: ApiOperation, { owner, seeded, schemas }: World): string[] {
  const reads = operation.method === 'GET';
  const isKnown = (name: string): boolean => owner.has(name) && (reads || seeded.has(name));
  const path = pathParameters(operation).filter((name) => !OF_NOBODY.has(name) && name !== 'rule_id' && !isKnown(name));
  const query = filtersOf(operation).filter((name) => !isKnown(name));
  const fields = idFieldsOf(operation, schemas).filter((field) => !isKnown(singular(field)));
  const headers = operation.parameters.filter((parameter) => parameter.in === 'header' && !KNOWN_HEADERS.test(parameter.name));
  const all = [...path, ...query, ...fields, ...headers.map(({ name }) => name)];
  return all.map((name) => `${operation.method} ${operation.path}: no value is known for ${name}`);
}

/** Names of query parameters that may hold something of one tenant. */
export function filtersOf({ parameters }: ApiOperation): string[] {
  return parameters
    .filter((parameter) => parameter.in === 'query' && !SHARED.has(parameter.name) && isFreeText(parameter))
    .map(({ name }) => name);
}

function isFreeText({ schema }: ApiParameter): boolean {
  const value = schema?.items ?? schema;
  return value?.enum === undefined && (value?.type ?? 'string') === 'string' && (value as ApiParameter['schema'])?.format !== 'date-time';
}

/** Fields of a body, at its top, that name something of a tenant. */
function idFieldsOf({ body }: ApiOperation, schemas: World['schemas']): string[] {
  const schema = body?.$ref === undefined ? body : schemas[body.$ref.split('/').at(-1) ?? ''];
  return Object.keys(schema?.properties ?? {}).filter((name) => /(^tenant|_ids?$)/.test(name) && !SHARED_FIELDS.has(name));
}

const singular = (field: string): string => field.replace(/_ids$/, '_id').replace(/^tenants?$/, 'tenant_id');

/** Puts foreign values in every place of one operation. */
class Planner {
  private readonly names: readonly string[];

  constructor(
    private readonly operation: ApiOperation,
    private readonly world: World,
    /** By its permission, whatever it is asked for. */
    private readonly isRefused: boolean,
  ) {
    // Most rules are everybody's; a filter of the owner's is not.
    this.names = pathParameters(operation).filter((name) => !OF_NOBODY.has(name) && (name !== 'rule_id' || world.owner.has(name)));
  }

  /** Every choice of path parameters that holds a foreign one. */
  inPath(): Attempt[] {
    return subsetsOf(this.names).map((names) => this.attempt('path', names, 'refusal', (values) => this.request(values)));
  }

  inQuery(): Attempt[] {
    const filters = filtersOf(this.operation).map((name) =>
      this.attempt('query', [name], 'nothing', (values) =>
        this.request(new Map(), `?${name}=${encodeURIComponent(values.get(name) ?? '')}`),
      ),
    );
    const cursor = this.world.cursors.get(this.operation.path);
    if (cursor === undefined || this.operation.method !== 'GET') return filters;
    const request = this.request(new Map(), `?cursor=${encodeURIComponent(cursor)}`);
    return [
      ...filters,
      { operation: this.operation, place: 'cursor', names: ['cursor'], accepts: 'own', request, twin: undefined, swaps: [] },
    ];
  }

  inBody(): Attempt[] {
    const fields = idFieldsOf(this.operation, this.world.schemas);
    const given = fields.map((field) =>
      this.attempt('body', [singular(field)], 'refusal', (values) => this.request(new Map(), '', values)),
    );
    const takesMore = this.operation.body !== undefined && !fields.includes('tenant_id');
    const added = this.attempt('body', ['tenant_id'], 'own', (values) => {
      const request = this.request(new Map());
      return { ...request, body: { ...(request.body as object), tenant_id: values.get('tenant_id') } };
    });
    return takesMore ? [...given, added] : given;
  }

  inHeader(): Attempt[] {
    if (!this.operation.isOfTenant) return [];
    const names = ['tenant_id', ...this.names.filter((name) => name !== 'tenant_id')];
    return [
      this.attempt('header', names, 'refusal', (values) => ({
        ...this.request(values),
        headers: { 'X-Tenant-ID': values.get('tenant_id') ?? '' },
      })),
    ];
  }

  /** What an operation shows by itself, and to whoever names the owner's correlation id as theirs. */
  plainly(): Attempt[] {
    if (this.isRefused && this.operation.method !== 'GET' && this.names.length === 0) {
      return [
        {
          operation: this.operation,
          place: 'plain',
          names: [],
          accepts: 'refusal',
          request: this.request(new Map()),
          twin: undefined,
          swaps: [],
        },
      ];
    }
    const hasOwnCredential = this.operation.schemes.includes('basic');
    if (this.operation.method !== 'GET' || (this.names.length > 0 && !hasOwnCredential)) return [];
    const isList = this.operation.parameters.some(({ name }) => name === 'limit');
    const request = this.request(new Map(), isList ? '?limit=500' : '');
    return [{ operation: this.operation, place: 'plain', names: [], accepts: 'own', request, twin: undefined, swaps: [] }];
  }

  private attempt(place: Place, names: readonly string[], accepts: Outcome, make: (values: Chosen) => ProbeRequest): Attempt {
    const pick = (from: KnownIds): Chosen => new Map(names.map((name) => [name, from.get(name) ?? 'none']));
    const foreign = pick(this.world.owner);
    const missing = pick(this.world.missing);
    const swaps = names.map((name): Swap => ({ foreign: foreign.get(name) ?? '', missing: missing.get(name) ?? '' }));
    return { operation: this.operation, place, names, accepts, request: make(foreign), twin: make(missing), swaps };
  }

  /** A request with these values in its path and the caller's own for the rest. */
  private request(inPath: Chosen, query = '', inBody: Chosen = new Map()): ProbeRequest {
    const own = (name: string): string => OF_NOBODY.get(name) ?? this.world.own.get(name) ?? 'none';
    const path = this.operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath.get(name) ?? own(name)));
    return { method: this.operation.method, path: path + query, headers: {}, body: this.body(inBody) };
  }

  private body(inBody: Chosen): unknown {
    if (this.operation.body === undefined) return undefined;
    const example = exampleBody(this.operation.body, this.world.schemas);
    if (typeof example !== 'object' || example === null || Array.isArray(example)) return example;
    const fields = idFieldsOf(this.operation, this.world.schemas).map((field): [string, unknown] => {
      const value = inBody.get(singular(field)) ?? this.world.own.get(singular(field));
      return [field, field.endsWith('_ids') ? [value] : value];
    });
    const version = Number(this.world.own.get('version'));
    return { ...example, ...('version' in example ? { version } : {}), ...Object.fromEntries(fields) };
  }
}

function subsetsOf(names: readonly string[]): string[][] {
  const all = names.reduce<string[][]>((subsets, name) => [...subsets, ...subsets.map((subset) => [...subset, name])], [[]]);
  return all.filter((subset) => subset.length > 0);
}
