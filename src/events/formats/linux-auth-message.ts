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
const FROM = String.raw` from (?<src_ip>[\w.:%-]{1,255})(?: port (?<src_port>\d{1,5}))?`;
const USER = '(?<user>.{0,255})';

const SSHD: readonly Pattern[] = [
  {
    expression: new RegExp(`^Accepted (?<auth_method>\\S{1,64}) for ${USER}${FROM}(?: ssh\\d)?(?::.*)?$`),
    action: 'login',
    outcome: 'success',
  },
  {
    expression: new RegExp(`^Failed (?<auth_method>\\S{1,64}) for (?:invalid user |illegal user )?${USER}${FROM}(?: ssh\\d)?(?::.*)?$`),
    action: 'login',
    outcome: 'failure',
  },
  { expression: new RegExp(`^(?:error: )?(?:Invalid|Illegal) user ${USER}${FROM}\\s*$`, 'i'), action: 'login', outcome: 'failure' },
  { expression: new RegExp(`^User ${USER}${FROM} not allowed because .*$`), action: 'login', outcome: 'failure' },
  {
    expression: new RegExp(`^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?${USER}${FROM}.*$`),
    action: 'login',
    outcome: 'failure',
  },
  {
    expression:
      /^(?:Connection (?:closed|reset) by|Disconnected from) (?:(?:authenticating |invalid )?user (?<user>.{0,255}) )?(?<src_ip>[\w.:%-]{1,255})(?: port (?<src_port>\d{1,5}))?(?: \[preauth\])?\s*$/,
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
    expression: /^(?<user>ROOT) LOGIN REFUSED FROM (?<src_ip>[\w.:%-]{1,255})(?: port (?<src_port>\d{1,5}))?/,
    action: 'login',
    outcome: 'failure',
  },
  { expression: /^refused connect from .{0,512}\((?<src_ip>[\w.:%-]{1,255})\)$/, action: 'connect', outcome: 'failure' },
  {
    expression: new RegExp(`^(?:error: )?(?:Received disconnect|Did not receive identification string|Connection)${FROM}.*$`),
    action: 'connect',
  },
  { expression: new RegExp(`^Bad protocol version identification '.*'${FROM}$`), action: 'connect', outcome: 'failure' },
  {
    expression:
      /^(?:fatal: )?(?:Unable to negotiate with|Timeout before authentication for(?: connection from)?) (?<src_ip>[\w.:%-]{1,255})(?: port (?<src_port>\d{1,5}))?/,
    action: 'connect',
    outcome: 'failure',
  },
];

const SUDO: readonly Pattern[] = [
  {
    expression:
      /^\s*(?<user>\S{1,255}) : (?:command not allowed|user NOT in sudoers|\d+ incorrect password attempts?|a password is required)\b.*?(?:USER=(?<target_user>\S{1,255}) ;.*?)?(?:COMMAND=(?<command>.*))?$/,
    action: 'sudo',
    outcome: 'failure',
  },
  {
    expression: /^\s*(?<user>\S{1,255}) : (?:.*? ; )?USER=(?<target_user>\S{1,255}) ;.*?COMMAND=(?<command>.*)$/,
    action: 'sudo',
    outcome: 'success',
  },
];

const SU: readonly Pattern[] = [
  {
    expression: /^FAILED (?:SU|su) (?:\(to (?<target_user>[^)]{1,255})\) |for \S+ by )(?<user>\S{1,255})/,
    action: 'su',
    outcome: 'failure',
  },
  { expression: /^Successful su for (?<target_user>\S{1,255}) by (?<user>\S{1,255})/, action: 'su', outcome: 'success' },
  { expression: /^\(to (?<target_user>[^)]{1,255})\) (?<user>\S{1,255}) on/, action: 'su', outcome: 'success' },
  { expression: /^\+ \S+ (?<user>[^\s:]{1,255})[:-](?<target_user>\S{1,255})$/, action: 'su', outcome: 'success' },
  { expression: /^- \S+ (?<user>[^\s:]{1,255})[:-](?<target_user>\S{1,255})$/, action: 'su', outcome: 'failure' },
];

const PAM: readonly Pattern[] = [
  {
    expression: /\bauthentication failure; .*?\brhost=(?<src_ip>[\w.:%-]{0,255})(?:\s+user=(?<user>.{0,255}))?$/,
    action: 'login',
    outcome: 'failure',
  },
  { expression: /\bsession opened for user (?<user>[^\s(]{1,255})/, action: 'session_opened', outcome: 'success' },
  { expression: /\bsession closed for user (?<user>[^\s(]{1,255})/, action: 'session_closed' },
];

const PATTERNS_OF_PROGRAM: ReadonlyMap<string, readonly Pattern[]> = new Map([
  ['sshd', SSHD],
  ['sshd-session', SSHD],
  ['sudo', SUDO],
  ['su', SU],
]);

/** Reads a message; `undefined` where it tells nothing that is known. */
export function readAuthMessage(program: string | undefined, message: string): AuthMessage | undefined {
  if (message.startsWith('pam_') || message.startsWith('PAM ')) return firstMatch(PAM, message);
  return firstMatch(PATTERNS_OF_PROGRAM.get(program ?? '') ?? [], message) ?? firstMatch(PAM, message);
}

function firstMatch(patterns: readonly Pattern[], message: string): AuthMessage | undefined {
  for (const { expression, action, outcome } of patterns) {
    const match = expression.exec(message);
    if (match !== null) return { action, ...(outcome === undefined ? {} : { outcome }), ...match.groups };
  }
  return undefined;
}
