/** The part of an audit record that a step's title is made of. */
export interface RecordedStep {
  /** `<object>.<what happened>`. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What happened, for people: `Isolate host fs01: pending`, `Incident opened`. */
export function titleOfStep({ action, details }: RecordedStep): string {
  const [object = '', ...rest] = action.split('.');
  const happened = rest.join(' ').replaceAll('_', ' ');
  const target = valueOf(details?.['target']);
  const kind = details?.['kind'];
  const subject = typeof kind === 'string' && target !== undefined ? `${kind} ${target}:` : object;
  return capitalise(`${subject.replaceAll('_', ' ')} ${happened}`.trim());
}

function valueOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null || !('value' in target)) return undefined;
  return typeof target.value === 'string' ? target.value : undefined;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
