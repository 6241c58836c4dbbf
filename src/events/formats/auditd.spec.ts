import fc from 'fast-check';
import { isRejection, parseEvent } from '../parse-event.js';
import type { ParsedEvent } from '../parsed-event.js';

const receivedAt = Date.UTC(2026, 0, 2);
const STAMP = 'msg=audit(1364481363.243:24287):';

function read(event: object, declared: 'auditd' | 'linux-auth' | 'auto' = 'auto'): ParsedEvent {
  const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt });
  if (isRejection(result)) throw new Error(result.detail);
  return result;
}

const fields = (message: string, ...names: string[]): unknown[] => {
  const event = read({ message }, 'auditd');
  return names.map((name) => event.field(name));
};
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

describe('records of the audit daemon', () => {
  it('are known by their beginning, and have time, machine and program', () => {
    const event = read({
      message: `node=web-01 type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes exit=0 a0=7f a1=1 ppid=1 pid=2 auid=1000 uid=0 comm="cat" exe="/bin/cat" key=(null)\x1dARCH=x86_64 SYSCALL=execve AUID="ann" UID="root"`,
    });
    expect(event.origin).toMatchObject({ product: 'linux', service: 'auditd' });
    expect(event.normalized).toMatchObject({
      time: '2013-03-28T14:36:03.243Z',
      format: 'auditd',
      host: 'web-01',
      user: 'ann',
      process: '/bin/cat',
      action: 'execve',
      outcome: 'success',
    });
    expect(['type', 'SYSCALL', 'syscall', 'a0', 'comm', 'key'].map((name) => event.field(name))).toEqual([
      'SYSCALL',
      'execve',
      '59',
      '7f',
      'cat',
      '(null)',
    ]);
  });

  it('have arguments in plain text, quoted or in hexadecimal, and in pieces', () => {
    const line = `type=EXECVE ${STAMP} argc=4 a0="cat" a1=${hex('my file')} a2="6C73" a3_len=6 a3[0]=${hex('a b')} a3[1]="c d"`;
    expect(fields(line, 'a0', 'a1', 'a2', 'a3')).toEqual(['cat', 'my file', '6C73', 'a bc d']);
    expect(read({ message: line }).normalized.command_line).toBe('cat my file 6C73 a bc d');
    expect([...read({ message: line }).values()]).toContain('my file');
  });

  it('have numbers where a call is told of, whatever they look like', () => {
    expect(
      fields(`type=SYSCALL ${STAMP} arch=c00000b7 syscall=198 a0=26 a1=80 exe=${hex('/tmp/a b')}`, 'a0', 'a1', 'exe', 'SYSCALL'),
    ).toEqual(['26', '80', '/tmp/a b', 'socket']);
  });

  it('have several keys of rules as several values', () => {
    expect(fields(`type=SYSCALL ${STAMP} syscall=59 key=${hex('one\x01two')}`, 'key')).toEqual([['one', 'two']]);
  });

  it('have what a program says in apostrophes', () => {
    const line = `type=USER_LOGIN ${STAMP} pid=811 uid=0 auid=4294967295 msg='op=login acct=${hex('(unknown user)')} exe="/tmp/it's sshd" hostname=? addr=198.51.100.7 terminal=ssh res=failed'\x1dUID="root"`;
    expect(fields(line, 'op', 'acct', 'exe', 'res', 'UID')).toEqual(['login', '(unknown user)', "/tmp/it's sshd", 'failed', 'root']);
    expect(read({ message: line, host: 'web-01' }).normalized).toMatchObject({
      host: 'web-01',
      src_ip: '198.51.100.7',
      outcome: 'failure',
      action: 'login',
    });
  });

  it('belong together where they come together: a name has the values of all of them', () => {
    const message = [
      `type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes a0=1f exe="/bin/cat"`,
      `type=EXECVE ${STAMP} argc=2 a0="cat" a1="/etc/shadow"`,
      `type=PATH ${STAMP} item=0 name="/bin/cat" nametype=NORMAL`,
      `type=PATH ${STAMP} item=1 name="/lib/ld.so" nametype=NORMAL`,
      `type=PROCTITLE ${STAMP} proctitle=${hex('cat\0/etc/shadow')}`,
    ].join('\n');
    expect(fields(message, 'type', 'a0', 'a1', 'name', 'nametype', 'proctitle', 'SYSCALL')).toEqual([
      ['SYSCALL', 'EXECVE', 'PATH', 'PATH', 'PROCTITLE'],
      ['1f', 'cat'],
      '/etc/shadow',
      ['/bin/cat', '/lib/ld.so'],
      'NORMAL',
      'cat /etc/shadow',
      'execve',
    ]);
    expect(read({ message }).normalized.command_line).toBe('cat /etc/shadow');
  });

  it('are known behind the header of syslog, with types as numbers, and by what the event declares', () => {
    const line = `<85>Jan  1 00:00:00 bastion kernel: type=1309 audit(1364481363.243:24287): argc=1 a0="id"`;
    const event = read({ message: line });
    expect([event.format, event.field('type'), event.normalized.host]).toEqual(['auditd', 'EXECVE', 'bastion']);
    expect(parseEvent('{"message":"nothing"}', { index: 0, declared: 'auditd', receivedAt })).toMatchObject({ code: 'unsupported_shape' });
  });

  it('are not seen in a name that a stranger chose in a line of another program', () => {
    const line = `Jan  1 00:00:00 h sshd[1]: Failed password for invalid user type=A ${STAMP} x from 198.51.100.9 port 999 ssh2`;
    expect(read({ message: line }).format).toBe('linux-auth');
  });

  it('are told apart by machine, time, serial number and text', () => {
    const of = (message: string, host = 'a'): unknown => read({ message, host }).identity;
    const path = (item: number, stamp = STAMP): string => `type=PATH ${stamp} item=${item} name="/x"`;
    const all = [
      of(path(0)),
      of(path(1)),
      of(path(0, 'msg=audit(1364481363.243:24288):')),
      of(path(0, 'msg=audit(1364481363.244:24287):')),
      of(path(0), 'b'),
    ];
    expect(new Set(all.map((identity) => JSON.stringify(identity))).size).toBe(5);
    expect(of(path(0))).toEqual(of(`<1>Jan  1 00:00:00 q audispd: ${path(0)}`));
  });

  it('R02 hostile ones are read in bounds, and never throw', () => {
    const many = (part: string): string => `type=EXECVE ${STAMP} ${part.repeat(Math.ceil(100_000 / part.length))}`;
    const started = performance.now();
    for (const part of [
      'a0=" ',
      'a={',
      'a={ ',
      "msg='",
      "a='b ",
      'a1[0]=41 ',
      '=',
      ' ',
      'x',
      'a0=41',
      `\ntype=EXECVE ${STAMP} a="`,
      '__proto__=1 constructor=2 ',
      '\x1d a=1',
    ]) {
      const event = read({ message: many(part) }, 'auditd');
      expect([event.normalized.format, [...event.values()].length < 3_000]).toEqual(['auditd', true]);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('any text is read without a throw, and quoted values come back as they are', () => {
    const plain = fc.string({ unit: fc.constantFrom(..."abcXYZ019/.-_='{}é ") });
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 20 }), fc.string(), (values, more) => {
        const pairs = values.map((value, at) => `f${at}="${value}"`).join(' ');
        expect(fields(`type=PATH ${STAMP} ${pairs}`, ...values.map((_, at) => `f${at}`))).toEqual(values);
        expect(read({ message: `type=PATH ${STAMP} ${more}` }, 'auditd').format).toBe('auditd');
      }),
    );
  });
});
