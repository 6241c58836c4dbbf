/** What a message of sshd, sudo, su or PAM tells. */
export interface AuthMessage {
  readonly action: string;
  readonly outcome?: 'success' | 'failure';
  readonly user?: string | undefined;
  /** Who the user became or acted as. */
  readonly target_user?: string | undefined;
  readonly src_ip?: string | undefined;
  readonly src_port?: string | undefined;
  readonly auth_method?: string | undefined;
  readonly command?: string | undefined;
}

interface Pattern {
  readonly expression: RegExp;
  readonly action: string;
  readonly outcome?: 'success' | 'failure';
}

/**
 * User names come from the attacker and may read like the rest of the line (`root from 10.0.0.1 port 22`): names are
 * matched greedily between fixed words, so that the address is the one that the daemon wrote last.
 */
const FROM = String.raw` from (?<src_ip>[\w.:%-]+)(?: port (?<src_port>\d{1,5}))?`;
const USER = '(?<user>.{0,255})';

const SSHD: readonly Pattern[] = [
  {
    expression: new RegExp(`^Accepted (?<auth_method>\\S{1,64}) for ${USER}${FROM}(?: ssh\\d)?(?::|$)`),
    action: 'login',
    outcome: 'success',
  },
  {
    expression: new RegExp(`^Failed (?<auth_method>\\S{1,64}) for (?:invalid user |illegal user )?${USER}${FROM}(?: ssh\\d)?(?::|$)`),
    action: 'login',
    outcome: 'failure',
  },
  { expression: new RegExp(`^(?:error: )?(?:Invalid|Illegal) user ${USER}${FROM}\\s*$`, 'i'), action: 'login', outcome: 'failure' },
  { expression: new RegExp(`^User ${USER}${FROM} not allowed because `), action: 'login', outcome: 'failure' },
  {
    expression: new RegExp(`^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(?<user>.*)${FROM}`),
    action: 'login',
    outcome: 'failure',
  },
  {
    expression:
      /^(?:Connection (?:closed|reset) by|Disconnected from) (?:(?:authenticating |invalid )?user (?<user>.{0,255}) )?(?<src_ip>[\w.:%-]+)(?: port (?<src_port>\d{1,5}))?(?: \[preauth\])?\s*$/,
    action: 'disconnect',
  },
  {
    expression: new RegExp(
      `^(?:error: )?PAM: authentication (?:failure|error)(?: for (?:illegal user |invalid user )?${USER})?${FROM}(?: via \\S{1,255})?\\s*$`,
      'i',
    ),
    action: 'login',
    outcome: 'failure',
  },
  {
    expression: /^(?<user>ROOT) LOGIN REFUSED FROM (?<src_ip>[\w.:%-]+)(?: port (?<src_port>\d{1,5}))?/,
    action: 'login',
    outcome: 'failure',
  },
  { expression: /^refused connect from .{0,512}\((?<src_ip>[\w.:%-]+)\)$/, action: 'connect', outcome: 'failure' },
  {
    expression: new RegExp(`^(?:error: )?(?:Received disconnect|Did not receive identification string|Connection)${FROM}`),
    action: 'connect',
  },
  { expression: new RegExp(`^Bad protocol version identification '.*'${FROM}$`), action: 'connect', outcome: 'failure' },
  {
    expression:
      /^(?:fatal: )?(?:Unable to negotiate with|Timeout before authentication for(?: connection from)?) (?<src_ip>[\w.:%-]+)(?: port (?<src_port>\d{1,5}))?/,
    action: 'connect',
    outcome: 'failure',
  },
];

const SUDO_REFUSED = /^(?:command not allowed|user NOT in sudoers|\d{1,6} incorrect password attempts?|a password is required)\b/;
const SUDO_COMMAND = ' ; COMMAND=';
const SUDO_TARGET = 'USER=';
const LONGEST_NAME = 255;

/** `ann : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`: what is behind `COMMAND=` may read like the rest. */
function readSudo(message: string): AuthMessage | undefined {
  const [user = '', ...others] = message.trimStart().split(' : ');
  if (!isName(user) || others.length === 0) return undefined;
  const told = others.join(' : ');
  const commandAt = told.indexOf(SUDO_COMMAND);
  const fields = told.slice(0, commandAt < 0 ? undefined : commandAt).split(' ; ');
  const target = fields.find((field) => field.startsWith(SUDO_TARGET) && isName(field.slice(SUDO_TARGET.length)));
  const known = {
    user,
    target_user: target?.slice(SUDO_TARGET.length),
    command: commandAt < 0 ? undefined : told.slice(commandAt + SUDO_COMMAND.length),
  };
  if (SUDO_REFUSED.test(told)) return { action: 'sudo', outcome: 'failure', ...known };
  return known.target_user === undefined || known.command === undefined ? undefined : { action: 'sudo', outcome: 'success', ...known };
}

const SU: readonly Pattern[] = [
  {
    expression: /^FAILED (?:SU|su) (?:\(to (?<target_user>[^)]{1,255})\) |for \S+ by )(?<user>\S{1,255})/,
    action: 'su',
    outcome: 'failure',
  },
  { expression: /^Successful su for (?<target_user>\S{1,255}) by (?<user>\S{1,255})/, action: 'su', outcome: 'success' },
  { expression: /^\(to (?<target_user>[^)]{1,255})\) (?<user>\S{1,255}) on/, action: 'su', outcome: 'success' },
];

/** `+ pts/0 ann:root`, in older versions `ann-root`, and with `-` where it was refused. */
function readSu(message: string): AuthMessage | undefined {
  const [sign, terminal, names = '', ...others] = message.split(' ');
  const colon = names.indexOf(':');
  const at = colon < 0 ? names.lastIndexOf('-') : colon;
  const [user, target] = [names.slice(0, Math.max(0, at)), names.slice(at + 1)];
  if ((sign !== '+' && sign !== '-') || !terminal || others.length > 0 || !isName(user) || !isName(target)) return firstMatch(SU, message);
  return { action: 'su', outcome: sign === '+' ? 'success' : 'failure', user, target_user: target };
}

const isName = (text: string): boolean => /^\S+$/.test(text) && text.length <= LONGEST_NAME;

const PAM: readonly Pattern[] = [
  { expression: /\bsession opened for user (?<user>[^\s(]{1,255})/, action: 'session_opened', outcome: 'success' },
  { expression: /\bsession closed for user (?<user>[^\s(]{1,255})/, action: 'session_closed' },
];
const PAM_FAILURE = /\bauthentication failure; /;
const PAM_HOST = 'rhost=';
const PAM_END = /^(?<src_ip>[\w.:%-]{0,255})(?:\s{1,255}user=(?<user>.{0,255}))?$/;

/** `… authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.4  user=ann`: the user is what comes last and may read like a host. */
function readPam(message: string): AuthMessage | undefined {
  const failure = PAM_FAILURE.exec(message);
  if (failure === null) return firstMatch(PAM, message);
  for (let at = message.indexOf(PAM_HOST, failure.index); at >= 0; at = message.indexOf(PAM_HOST, at + 1)) {
    const match = PAM_END.exec(message.slice(at + PAM_HOST.length));
    if (match !== null) return { action: 'login', outcome: 'failure', ...match.groups };
  }
  return undefined;
}

type Reader = (message: string) => AuthMessage | undefined;

const readSshd: Reader = (message) => firstMatch(SSHD, message);
const READER_OF_PROGRAM: ReadonlyMap<string, Reader> = new Map([
  ['sshd', readSshd],
  ['sshd-session', readSshd],
  ['sudo', readSudo],
  ['su', readSu],
]);

/** Reads a message; `undefined` where it tells nothing that is known. */
export function readAuthMessage(program: string | undefined, message: string): AuthMessage | undefined {
  if (message.startsWith('pam_') || message.startsWith('PAM ')) return readPam(message);
  return READER_OF_PROGRAM.get(program ?? '')?.(message) ?? readPam(message);
}

function firstMatch(patterns: readonly Pattern[], message: string): AuthMessage | undefined {
  for (const { expression, action, outcome } of patterns) {
    const match = expression.exec(message);
    if (match !== null) return { action, ...(outcome === undefined ? {} : { outcome }), ...match.groups };
  }
  return undefined;
}
