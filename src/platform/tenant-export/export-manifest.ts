import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { ChainFault } from '../audit/hash-chain.js';

export const EXPORT_MANIFEST = 'manifest.json';
export const EXPORT_VERSION = 1 as const;
const MOST_MANIFEST_BYTES = 16 * 1024 * 1024;
const MOST_FILES = 2_000;
const PATH = /^(?:tenant|alerts|incidents|feedback|actions|indicators|rule_filters|audit|evidence|events-\d{4}-\d{2})\.ndjson\.gz$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** A file of an export: NDJSON, compressed with gzip. */
export interface ExportedFile {
  readonly path: string;
  /** Of the compressed file. */
  readonly bytes: number;
  /** SHA-256 of the compressed file, hex. */
  readonly sha256: string;
  readonly plain_bytes: number;
  readonly lines: number;
}

/** What was found when the audit log was exported. */
export interface ExportedLog {
  readonly records: number;
  readonly head: string;
  /** The first record that does not hold; null where all of them do. */
  readonly fault: ChainFault | null;
}

/** What an export says of itself. Written last: where it is missing, the export was not finished. */
export interface ExportManifest {
  readonly format: 'gatra-tenant-export';
  readonly version: typeof EXPORT_VERSION;
  readonly tenant_id: TenantId;
  /** RFC 3339 UTC: whatever was acknowledged before is in the export; of what came later some may be. */
  readonly position: string;
  readonly finished_at: string;
  readonly files: readonly ExportedFile[];
  readonly audit: ExportedLog;
}

/** An export that cannot be used, and why. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Reads an export's manifest. @throws ExportError */
export function readExportManifest(directory: string): ExportManifest {
  const file = join(directory, EXPORT_MANIFEST);
  if (!existsSync(file)) throw new ExportError(`there is no finished export in ${directory}: it has no ${EXPORT_MANIFEST}`);
  if (statSync(file).size > MOST_MANIFEST_BYTES) throw new ExportError(`${file} is larger than any manifest`);
  const manifest = parse(readFileSync(file, 'utf8'));
  if (manifest?.format !== 'gatra-tenant-export') throw new ExportError(`${file} is not the manifest of an export`);
  if (manifest.version !== EXPORT_VERSION) {
    throw new ExportError(`the export is of version ${String(manifest.version)}; this program knows ${String(EXPORT_VERSION)}`);
  }
  if (!isManifest(manifest)) throw new ExportError(`${file} does not say what a manifest says`);
  return manifest;
}

/** A file that every export has. @throws ExportError */
export function fileOf(manifest: ExportManifest, name: string): ExportedFile {
  const file = findFile(manifest, name);
  if (!file) throw new ExportError(`the export has no ${name}`);
  return file;
}

/** A file that an export may have. */
export function findFile({ files }: ExportManifest, name: string): ExportedFile | undefined {
  return files.find(({ path }) => path === `${name}.ndjson.gz`);
}

function isManifest(manifest: Partial<ExportManifest>): manifest is ExportManifest {
  const { tenant_id, position, files, audit } = manifest;
  if (!isTenantId(tenant_id) || !Number.isFinite(Date.parse(String(position)))) return false;
  if (!Array.isArray(files) || files.length > MOST_FILES || !files.every(isFile)) return false;
  if (new Set(files.map(({ path }: ExportedFile) => path)).size !== files.length) return false;
  return isCount(audit?.records) && SHA256.test(String(audit?.head));
}

function isFile(file: Partial<ExportedFile> | null): boolean {
  if (typeof file !== 'object' || file === null) return false;
  const { path, bytes, sha256, plain_bytes, lines } = file;
  return PATH.test(String(path)) && SHA256.test(String(sha256)) && [bytes, plain_bytes, lines].every(isCount);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parse(text: string): Partial<ExportManifest> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Partial<ExportManifest>) : undefined;
  } catch {
    return undefined;
  }
}
