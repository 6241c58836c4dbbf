type Json = Readonly<Record<string, unknown>>;

const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;
const LONGEST_CHAIN = 8;
const MAX_NAME = 200;
const MAX_VERSION = 20;

/** Why a text is no bundle of ATT&CK. */
export class AttackBundleError extends Error {
  override readonly name = 'AttackBundleError';
}

/** What is known of ATT&CK's techniques: their names, and which ones others have taken the place of. */
export class AttackCatalog {
  /**
   * @param names by id: `T1059.001`. @param successors by the id that was given up.
   * @param version of ATT&CK, where the bundle says it: `18.1`.
   */
  constructor(
    private readonly names: ReadonlyMap<string, string> = new Map(),
    private readonly successors: ReadonlyMap<string, string> = new Map(),
    readonly version: string | null = null,
  ) {}

  get size(): number {
    return this.names.size;
  }

  nameOf(technique: string): string | undefined {
    return this.names.get(technique);
  }

  /** The technique that stands for this one today; itself where none has taken its place. */
  currentOf(technique: string): string {
    let current = technique;
    for (let step = 0; step < LONGEST_CHAIN; step++) {
      const next = this.successors.get(current);
      if (next === undefined) return current;
      current = next;
    }
    return technique;
  }
}

/**
 * Reads a STIX bundle of ATT&CK: `attack-pattern` objects by their ids of ATT&CK, and the relationships `revoked-by` between them.
 * @throws AttackBundleError where it is none.
 */
export function readAttackBundle(text: string): AttackCatalog {
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch {
    throw new AttackBundleError('not valid JSON');
  }
  const listed = isRecord(bundle) ? bundle['objects'] : undefined;
  if (!Array.isArray(listed)) throw new AttackBundleError('not a STIX bundle: objects is missing');
  const objects = listed.filter(isRecord);
  const ids = new Map<string, string>();
  const names = new Map<string, string>();
  for (const object of objects) {
    const technique = object['type'] === 'attack-pattern' ? techniqueOf(object) : undefined;
    if (technique === undefined) continue;
    ids.set(String(object['id']), technique);
    if (object['revoked'] !== true || !names.has(technique)) names.set(technique, String(object['name']).slice(0, MAX_NAME));
  }
  if (names.size === 0) throw new AttackBundleError('the bundle has no techniques');
  return new AttackCatalog(names, successorsOf(objects, ids), versionOf(objects));
}

function successorsOf(objects: readonly Json[], ids: ReadonlyMap<string, string>): Map<string, string> {
  const successors = new Map<string, string>();
  for (const { relationship_type: type, source_ref: from, target_ref: to } of objects) {
    const [given, taken] = [ids.get(String(from)), ids.get(String(to))];
    if (type === 'revoked-by' && given !== undefined && taken !== undefined && given !== taken) successors.set(given, taken);
  }
  return successors;
}

function versionOf(objects: readonly Json[]): string | null {
  const collection = objects.find(({ type }) => type === 'x-mitre-collection');
  const version = collection?.['x_mitre_version'];
  return typeof version === 'string' ? version.slice(0, MAX_VERSION) : null;
}

function techniqueOf({ external_references: references }: Json): string | undefined {
  const ids = Array.isArray(references) ? references.filter(isRecord).map(({ external_id: id }) => String(id)) : [];
  return ids.find((id) => TECHNIQUE.test(id));
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
