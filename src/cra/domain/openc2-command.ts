import type { ActionKind, ContainmentAction } from '../../contracts/containment.js';

/** A command in the shape of the OpenC2 Language Specification 1.0: action, target, arguments, actuator. */
export interface OpenC2Command {
  readonly action: 'contain' | 'deny' | 'allow' | 'update' | 'stop' | 'restore';
  /** One member, named by the target's type; accounts are a target extension of the profile `x-gatra`. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly args: Readonly<Record<string, unknown>>;
  readonly actuator: Readonly<Record<string, unknown>>;
  readonly command_id: string;
}

/** What is said to do a kind of action, and to undo it where that can be. */
interface Verbs {
  readonly forward: OpenC2Command['action'];
  readonly inverse?: OpenC2Command['action'];
  readonly args?: OpenC2Command['args'];
  target(value: string): OpenC2Command['target'];
}

const host = (value: string): OpenC2Command['target'] => ({ device: { hostname: value } });
const account = (value: string): OpenC2Command['target'] => ({ 'x-gatra:account': { name: value } });

const COMMANDS: Partial<Record<ActionKind, Verbs>> = {
  isolate_host: { forward: 'contain', inverse: 'allow', target: host },
  disable_user: { forward: 'deny', inverse: 'allow', target: account },
  reset_credentials: { forward: 'update', args: { 'x-gatra': { credentials: 'reset' } }, target: account },
  kill_process: { forward: 'stop', target: (value) => ({ process: { name: value } }) },
  quarantine_file: { forward: 'contain', inverse: 'restore', target: (value) => ({ file: file(value) }) },
};

/** The command that carries an action out; `undefined` for kinds that are no commands. */
export function commandFor(action: ContainmentAction): OpenC2Command | undefined {
  const verbs = COMMANDS[action.kind];
  return verbs && command(action, verbs.forward, verbs.target(action.target.value), verbs.args);
}

/** The command that undoes an action; `undefined` where there is none. */
export function inverseCommandFor(action: ContainmentAction): OpenC2Command | undefined {
  const verbs = COMMANDS[action.kind];
  return verbs?.inverse && command(action, verbs.inverse, verbs.target(action.target.value));
}

function command(
  action: ContainmentAction,
  verb: OpenC2Command['action'],
  target: OpenC2Command['target'],
  args: OpenC2Command['args'] = {},
): OpenC2Command {
  return {
    action: verb,
    target,
    args: { response_requested: 'complete', ...args },
    actuator: { 'x-gatra': { tenant_id: action.tenant_id, incident_id: action.incident_id } },
    command_id: action.action_id,
  };
}

const HASHES: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

function file(value: string): Readonly<Record<string, unknown>> {
  const algorithm = /^[0-9a-fA-F]+$/.test(value) ? HASHES[value.length] : undefined;
  if (algorithm) return { hashes: { [algorithm]: value.toLowerCase() } };
  const cut = Math.max(value.lastIndexOf('\\'), value.lastIndexOf('/'));
  return cut < 0 ? { name: value } : { name: value.slice(cut + 1), path: value };
}
