import { readFileSync } from 'node:fs';
import { compiledSchema } from '../platform/config/compiled-schema.js';
import { EnvironmentError } from '../platform/config/variable-reader.js';
import type { CsvForm } from './domain/csv-list.js';
import type { FeedSharing } from './domain/feed-sharing.js';

const SCHEMA = new URL('../../config/intel_feeds.schema.json', import.meta.url);

/** Who asks, by the name of the secret that proves it. */
export type FeedCredential =
  { readonly username: string; readonly password_secret: string } | { readonly token_secret: string; readonly scheme?: 'Bearer' | 'none' };

interface Remote {
  readonly url: string;
  readonly auth?: FeedCredential;
}

type Place = Remote | { readonly path: string };

/** A feed as it is written in the file. */
export type ConfiguredFeed = { readonly name: string; readonly tlp?: FeedSharing } & (
  | ({ readonly kind: 'taxii'; readonly collections?: readonly string[] } & Remote)
  | ({ readonly kind: 'misp' } & Remote)
  | ({ readonly kind: 'list' } & Place)
  | ({ readonly kind: 'csv' } & CsvForm & Place)
);

/**
 * Reads the file of feeds and checks it against its JSON Schema. No file, no feeds.
 * @throws EnvironmentError that lists every fault.
 */
export function readFeedsFile(file: string | null): readonly ConfiguredFeed[] {
  if (file === null) return [];
  const feeds = validated(file);
  const names = feeds.map(({ name }) => name);
  const repeated = names.filter((name, position) => names.indexOf(name) !== position);
  if (repeated.length > 0) throw new EnvironmentError(repeated.map((name) => `INTEL_FEEDS_FILE names ${name} twice`));
  return feeds;
}

function validated(file: string): readonly ConfiguredFeed[] {
  const validate = compiledSchema(SCHEMA);
  const content = parse(file);
  if (validate(content)) return (content as { readonly feeds: readonly ConfiguredFeed[] }).feeds;
  const faults = (validate.errors ?? []).map(
    ({ instancePath, message }) => `INTEL_FEEDS_FILE ${instancePath} ${message ?? 'is not valid'}`,
  );
  throw new EnvironmentError([...new Set(faults)]);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new EnvironmentError(['INTEL_FEEDS_FILE cannot be read as JSON']);
  }
}
