/** Types of records that the kernel may write as a number (`linux/audit.h`). */
const RECORD_TYPES: ReadonlyMap<string, string> = new Map([
  ['1100', 'USER_AUTH'],
  ['1101', 'USER_ACCT'],
  ['1105', 'USER_START'],
  ['1106', 'USER_END'],
  ['1107', 'USER_AVC'],
  ['1108', 'USER_CHAUTHTOK'],
  ['1112', 'USER_LOGIN'],
  ['1114', 'ADD_USER'],
  ['1115', 'DEL_USER'],
  ['1116', 'ADD_GROUP'],
  ['1117', 'DEL_GROUP'],
  ['1123', 'USER_CMD'],
  ['1124', 'USER_TTY'],
  ['1130', 'SERVICE_START'],
  ['1131', 'SERVICE_STOP'],
  ['1300', 'SYSCALL'],
  ['1302', 'PATH'],
  ['1305', 'CONFIG_CHANGE'],
  ['1306', 'SOCKADDR'],
  ['1307', 'CWD'],
  ['1309', 'EXECVE'],
  ['1319', 'TTY'],
  ['1325', 'NETFILTER_CFG'],
  ['1326', 'SECCOMP'],
  ['1327', 'PROCTITLE'],
  ['1330', 'KERN_MODULE'],
  ['1400', 'AVC'],
  ['1700', 'ANOM_PROMISCUOUS'],
  ['1701', 'ANOM_ABEND'],
]);

/** Names of the system calls that rules ask for, by their number on x86-64 and on 64-bit ARM. */
const SYSTEM_CALLS: ReadonlyMap<string, string> = new Map(
  (
    [
      ['socket', 41, 198],
      ['connect', 42, 203],
      ['bind', 49, 200],
      ['execve', 59, 221],
      ['ptrace', 101, 117],
      ['sysinfo', 99, 179],
      ['syslog', 103, 116],
      ['mknod', 133, undefined],
      ['mknodat', 259, 33],
      ['personality', 135, 92],
      ['mount', 165, 40],
      ['init_module', 175, 105],
      ['delete_module', 176, 106],
      ['finit_module', 313, 273],
      ['memfd_create', 319, 279],
      ['execveat', 322, 281],
    ] as const
  ).flatMap(([name, intel, arm]) => [[`c000003e/${intel}`, name] as const, [`c00000b7/${arm ?? ''}`, name] as const]),
);

/** A record's type by its name: `1309` is `EXECVE`. */
export function recordType(written: string): string {
  return RECORD_TYPES.get(written) ?? written;
}

/** The name of a system call, where it is one that is known here. @param arch as the record has it: `c000003e`. */
export function systemCallName(arch: string, number: string): string | undefined {
  return SYSTEM_CALLS.get(`${arch}/${number}`);
}
