/** An environment variable, as the documents, the templates and `gatra doctor` tell of it. */
export interface Variable {
  readonly name: string;
  /** What it is, in one line, without a full stop. */
  readonly description: string;
  /** What holds in production where it is not set, as it would be written; left out where that is nothing, or follows from something else. */
  readonly default?: string;
  /** `1 to 65535`, both included, or the choices: `json, text`. */
  readonly range?: string;
  /** Never shown; looked for in Secret Manager, here, and in the secrets file. */
  readonly secret?: boolean;
  /** Each kind of dependency has one of its own too: `RETRY_WEBHOOK_MAX_ATTEMPTS`. */
  readonly perKind?: boolean;
  /** Document that says more, from `docs`. */
  readonly guide?: string;
  /** Heading that it stands under. */
  readonly group: string;
}

/** Variables of a group, which is said once for all of them. */
export function grouped(group: string, variables: readonly Omit<Variable, 'group'>[]): readonly Variable[] {
  return variables.map((variable) => ({ ...variable, group }));
}
