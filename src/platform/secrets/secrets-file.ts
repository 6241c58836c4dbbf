import type { StoredVersion, VersionState } from './secret-source.js';
import { versionName } from './version-name.js';

/** A version as the secrets file has it. */
interface FileVersion {
  readonly version: string;
  readonly value: string;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly state?: 'enabled' | 'disabled';
}

/** A secret as the secrets file has it: its value, or its versions. */
export type FileSecret = string | { readonly versions: readonly FileVersion[] };

/** The file's content: secrets by name. */
export type SecretsFile = Readonly<Record<string, FileSecret>>;

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Reads the file's text. @throws TypeError that says what is wrong with it, without any value. */
export function parseSecretsFile(text: string): SecretsFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new TypeError('it is not JSON');
  }
  if (!isRecord(content)) throw new TypeError('it is not a JSON object');
  for (const [name, secret] of Object.entries(content)) {
    if (typeof secret === 'string') continue;
    if (!isRecord(secret) || !Array.isArray(secret['versions']) || !secret['versions'].every(isFileVersion)) {
      throw new TypeError(`${name} is neither a string nor {"versions": [{"version", "value", "created_at", "state"}]}`);
    }
  }
  return content as SecretsFile;
}

/** The versions of a secret, newest first. */
export function versionsOf(secret: FileSecret): readonly StoredVersion[] {
  if (typeof secret === 'string') {
    const bytes = Buffer.from(secret);
    return secret === '' ? [] : [{ version: versionName(bytes), state: 'enabled', createdAt: null, bytes }];
  }
  return secret.versions
    .map(({ version, value, created_at: created, state = 'enabled' }) => ({
      version,
      state: state as VersionState,
      createdAt: created === undefined ? null : Date.parse(created),
      bytes: state === 'enabled' ? Buffer.from(value) : null,
    }))
    .sort((a, b) => (b.createdAt ?? -Infinity) - (a.createdAt ?? -Infinity) || 0);
}

/** The secret with another version, which is the newest. */
export function withVersion(secret: FileSecret, added: { readonly value: string; readonly createdAt: number }): FileSecret {
  const version = versionName(Buffer.from(added.value));
  const created: FileVersion = { version, value: added.value, created_at: new Date(added.createdAt).toISOString(), state: 'enabled' };
  return { versions: [created, ...listed(secret)] };
}

/** The secret with one version disabled, its value gone; `undefined` where it has no such version that is enabled. */
export function withoutVersion(secret: FileSecret, version: string): FileSecret | undefined {
  const versions = listed(secret);
  if (!versions.some((known) => known.version === version && known.state !== 'disabled')) return undefined;
  return { versions: versions.map((known) => (known.version === version ? { ...known, value: '', state: 'disabled' } : known)) };
}

function listed(secret: FileSecret): readonly FileVersion[] {
  if (typeof secret !== 'string') return secret.versions;
  return secret === '' ? [] : [{ version: versionName(Buffer.from(secret)), value: secret, state: 'enabled' }];
}

function isFileVersion(value: unknown): value is FileVersion {
  if (!isRecord(value)) return false;
  const { version, value: text, created_at: created, state } = value;
  if (typeof version !== 'string' || !NAME.test(version) || typeof text !== 'string') return false;
  if (created !== undefined && (typeof created !== 'string' || Number.isNaN(Date.parse(created)))) return false;
  return state === undefined || state === 'enabled' || state === 'disabled';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
