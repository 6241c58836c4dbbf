import { isRejection, parseEvent } from '../parse-event.js';
import type { ParsedEvent } from '../parsed-event.js';
import { searchTerms } from '../search-terms.js';

const receivedAt = Date.UTC(2026, 0, 2);

function read(event: object, declared: 'linux-auth' | 'auto' = 'auto'): ParsedEvent {
  const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt });
  if (isRejection(result)) throw new Error(result.detail);
  return result;
}

const fields = (message: string, ...names: string[]): unknown[] => {
  const event = read({ message }, 'linux-auth');
  return names.map((name) => event.field(name));
};

describe('Linux authentication lines', () => {
  it.each([
    [
      'Dec 31 23:59:58 bastion sshd[71]: Failed password for invalid user test from 198.51.100.7 port 5022 ssh2',
      '2025-12-31T23:59:58.000Z',
    ],
    [
      '<86>Jan  1 00:00:01 bastion sshd[71]: Failed password for invalid user test from 198.51.100.7 port 5022 ssh2',
      '2026-01-01T00:00:01.000Z',
    ],
    [
      '2025-06-01T12:00:00.250+02:00 bastion sshd[71]: Failed password for test from 198.51.100.7 port 5022 ssh2',
      '2025-06-01T10:00:00.250Z',
    ],
    [
      '<38>1 2025-06-01T12:00:00Z bastion sshd 71 - - Failed password for test from 198.51.100.7 port 5022 ssh2',
      '2025-06-01T12:00:00.000Z',
    ],
  ])('reads %.32s…', (message, time) => {
    const event = read({ message });
    expect(event.format).toBe('linux-auth');
    expect(event.origin).toMatchObject({ product: 'linux', service: 'sshd' });
    expect(event.normalized).toMatchObject({
      time,
      host: 'bastion',
      user: 'test',
      src_ip: '198.51.100.7',
      outcome: 'failure',
      action: 'login',
    });
    expect(['program', 'pid', 'hostname', 'src_port', 'auth_method'].map((name) => event.field(name))).toEqual([
      'sshd',
      '71',
      'bastion',
      '5022',
      'password',
    ]);
    expect(searchTerms(event)).toEqual(expect.arrayContaining(['host:bastion', 'user:test', 'ip:198.51.100.7']));
  });

  it('keeps the 29th of February in a leap year, and what lies far ahead in the past', () => {
    expect(read({ message: 'Feb 29 10:00:00 h sshd[1]: x' }).normalized.time).toBe('2024-02-29T10:00:00.000Z');
    expect(read({ message: 'Jan  5 10:00:00 h sshd[1]: x' }).normalized.time).toBe('2025-01-05T10:00:00.000Z');
  });

  it('is not fooled by a user name that reads like an address', () => {
    const line =
      'Jan  1 00:00:00 h sshd[1]: Failed password for invalid user root from 10.0.0.1 port 22 ssh2 from 198.51.100.9 port 999 ssh2';
    expect(fields(line, 'user', 'src_ip')).toEqual(['root from 10.0.0.1 port 22 ssh2', '198.51.100.9']);
  });

  it.each([
    ['sshd[1]: Accepted publickey for ann from 192.0.2.4 port 40 ssh2: RSA SHA256:x', ['login', 'success', 'ann', undefined]],
    [
      'sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.4  user=ann',
      ['login', 'failure', 'ann', undefined],
    ],
    ['sudo:      ann : TTY=pts/0 ; PWD=/home/ann ; USER=root ; COMMAND=/usr/bin/id', ['sudo', 'success', 'ann', 'root']],
    ['sudo:      ann : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh', ['sudo', 'failure', 'ann', 'root']],
    [
      'sudo:      ann : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      ['sudo', 'failure', 'ann', 'root'],
    ],
    ['sudo:      ann : command not allowed', ['sudo', 'failure', 'ann', undefined]],
    ['sudo:      ann : TTY=pts/0 ; PWD=/tmp/COMMAND=a ; USER=root ; COMMAND=/bin/echo ; USER=eve', ['sudo', 'success', 'ann', 'root']],
    ['sudo:      ann : USER=root ; COMMAND=/bin/echo : x', ['sudo', 'success', 'ann', 'root']],
    ['sudo:      ann : TTY=pts/0 ; PWD=/', [undefined, undefined, undefined, undefined]],
    ['su[9]: + pts/1 ann:root', ['su', 'success', 'ann', 'root']],
    ['su[9]: + pts/1 ann:svc-backup', ['su', 'success', 'ann', 'svc-backup']],
    ['su[9]: - pts/1 ann-b-root', ['su', 'failure', 'ann-b', 'root']],
    ['su[9]: - pts/1 root', [undefined, undefined, undefined, undefined]],
    ['su[9]: Successful su for root by ann', ['su', 'success', 'ann', 'root']],
    [
      'su[9]: pam_unix(su:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser=rhost=?? rhost=192.0.2.4  user=eve rhost=192.0.2.9',
      ['login', 'failure', 'eve rhost=192.0.2.9', undefined],
    ],
    ['su[9]: pam_unix(su:auth): authentication failure; logname= rhost=', ['login', 'failure', undefined, undefined]],
    ['su[9]: FAILED SU (to root) ann on pts/1', ['su', 'failure', 'ann', 'root']],
    ['su: (to root) ann on pts/1', ['su', 'success', 'ann', 'root']],
    ['su[9]: pam_unix(su:session): session opened for user root(uid=0) by ann(uid=1000)', ['session_opened', 'success', 'root', undefined]],
  ])('understands %.60s', (message, expected) => {
    expect(fields(`Jan  1 00:00:00 h ${message}`, 'action', 'outcome', 'user', 'target_user')).toEqual(expected);
  });

  it('takes the line from the journal, and members of the event before the line', () => {
    const event = read(
      {
        MESSAGE: 'Failed password for ann from 192.0.2.4 port 9 ssh2',
        SYSLOG_IDENTIFIER: 'sshd',
        _HOSTNAME: 'h2',
        __REALTIME_TIMESTAMP: '1767225600000000',
        user: 'given',
      },
      'linux-auth',
    );
    expect(event.normalized).toMatchObject({ time: '2026-01-01T00:00:00.000Z', host: 'h2', user: 'given', src_ip: '192.0.2.4' });
  });

  it('stays quick on long hostile lines', () => {
    const started = performance.now();
    for (const filler of [' from ', 'USER= ; ', 'a', ' ', '(to ', 'rhost= ', '[', 'x: ', 'Failed a for ']) {
      for (const start of [
        'sshd[1]: Failed password for ',
        'sudo: a : ',
        'su: ',
        'pam_unix: authentication failure; ',
        '<1>1 - - - - - [',
      ]) {
        read({ message: `Jan  1 00:00:00 h ${start}${filler.repeat(30_000 / filler.length)}` }, 'linux-auth');
        read({ message: start + filler.repeat(30_000 / filler.length) }, 'linux-auth');
      }
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
