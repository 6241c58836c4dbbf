import { PERMISSIONS, type Permission, type Role } from '../../platform/auth/permissions.js';
import type { Schema } from './example-body.js';

/** A parameter as the OpenAPI document describes it. */
export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema & { readonly format?: string };
}

interface DocumentedOperation {
  readonly 'x-permission'?: string;
  readonly 'x-scope'?: string;
  readonly 'x-public'?: boolean;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** The part of an OpenAPI document that the probe reads. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** One operation of the API, as the probe tries it. */
export interface ApiOperation {
  /** Upper case. */
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly permission: string | undefined;
  /** Acts inside the tenant that the credential, or `X-Tenant-ID`, selects. */
  readonly isOfTenant: boolean;
  readonly isPublic: boolean;
  /** Names of the security schemes that open it. */
  readonly schemes: readonly string[];
  readonly parameters: readonly ApiParameter[];
  /** Of a JSON body, where it takes one. */
  readonly body: Schema | undefined;
  /** Answers an endless stream of events. */
  readonly isStream: boolean;
}

/** The operations of a document, in its order. */
export function operationsOf(document: OpenApi): readonly ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => toOperation(method, path, operation)),
  );
}

/** Names of the path parameters of an operation. */
export function pathParameters({ path }: ApiOperation): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/** Tells whether somebody with a role inside a tenant may call an operation; true where the document does not say. */
export function isOpenTo({ permission }: ApiOperation, role: Role): boolean {
  if (permission === undefined || !(permission in PERMISSIONS)) return true;
  const holders: readonly Role[] = PERMISSIONS[permission as Permission];
  return holders.includes(role);
}

function toOperation(method: string, path: string, operation: DocumentedOperation): ApiOperation {
  const answers = Object.values(operation.responses ?? {}).flatMap(({ content }) => Object.keys(content ?? {}));
  return {
    method: method.toUpperCase(),
    path,
    permission: operation['x-permission'],
    isOfTenant: operation['x-scope'] === 'tenant',
    isPublic: operation['x-public'] === true,
    schemes: (operation.security ?? []).flatMap((scheme) => Object.keys(scheme)),
    parameters: operation.parameters ?? [],
    body: operation.requestBody?.content['application/json']?.schema,
    isStream: answers.includes('text/event-stream'),
  };
}
