import { NETBIOS_DOMAIN, type Machine } from './company.js';
import type { WindowsProcess } from './windows-process.js';

type Fields = Record<string, unknown>;

function logged(machine: Machine, time: number, header: { id: number; channel: string; source: string }, fields: Fields): Fields {
  return {
    EventID: header.id,
    Channel: header.channel,
    SourceName: header.source,
    Hostname: machine.fqdn,
    '@timestamp': new Date(time).toISOString(),
    ...fields,
  };
}

/** An event of the security log. */
export function securityEvent(machine: Machine, time: number, id: number, fields: Fields): Fields {
  return logged(machine, time, { id, channel: 'Security', source: 'Microsoft-Windows-Security-Auditing' }, fields);
}

interface Logon {
  /** Account without its domain. */
  readonly account: string;
  readonly sid: string;
  readonly domain?: string;
  readonly logonId: string;
  /** 2 interactive, 3 network, 4 batch, 5 service, 7 unlock, 10 remote desktop. */
  readonly type: number;
  readonly from?: { readonly address: string; readonly port: number; readonly workstation: string };
  readonly package?: 'Kerberos' | 'NTLM' | 'Negotiate';
}

/** Event 4624. */
export function loggedOn(machine: Machine, time: number, logon: Logon): Fields {
  return securityEvent(machine, time, 4624, {
    SubjectUserSid: 'S-1-5-18',
    SubjectUserName: `${machine.name}$`,
    SubjectDomainName: NETBIOS_DOMAIN,
    SubjectLogonId: '0x3e7',
    TargetUserSid: logon.sid,
    TargetUserName: logon.account,
    TargetDomainName: logon.domain ?? NETBIOS_DOMAIN,
    TargetLogonId: logon.logonId,
    LogonType: String(logon.type),
    LogonProcessName: logon.package === 'NTLM' ? 'NtLmSsp ' : logon.package === 'Kerberos' ? 'Kerberos' : 'User32 ',
    AuthenticationPackageName: logon.package ?? 'Negotiate',
    LmPackageName: logon.package === 'NTLM' ? 'NTLM V2' : '-',
    WorkstationName: logon.from?.workstation ?? machine.name,
    IpAddress: logon.from?.address ?? '-',
    IpPort: logon.from === undefined ? '-' : String(logon.from.port),
    ElevatedToken: '%%1843',
  });
}

/** Event 4634. */
export function loggedOff(machine: Machine, time: number, logon: Logon): Fields {
  return securityEvent(machine, time, 4634, {
    TargetUserSid: logon.sid,
    TargetUserName: logon.account,
    TargetDomainName: logon.domain ?? NETBIOS_DOMAIN,
    TargetLogonId: logon.logonId,
    LogonType: String(logon.type),
  });
}

/** Event 4625: a wrong password. */
export function logonFailed(machine: Machine, time: number, logon: Logon): Fields {
  return securityEvent(machine, time, 4625, {
    SubjectUserSid: 'S-1-0-0',
    TargetUserSid: 'S-1-0-0',
    TargetUserName: logon.account,
    TargetDomainName: logon.domain ?? NETBIOS_DOMAIN,
    Status: '0xc000006d',
    SubStatus: '0xc000006a',
    FailureReason: '%%2313',
    LogonType: String(logon.type),
    AuthenticationPackageName: logon.package ?? 'Negotiate',
    WorkstationName: logon.from?.workstation ?? machine.name,
    IpAddress: logon.from?.address ?? '127.0.0.1',
  });
}

/** Event 4688: the security log's word for a new process. */
export function processLogged(machine: Machine, time: number, process: WindowsProcess, parent: WindowsProcess): Fields {
  const [domain = '', user = ''] = process.session.user.split('\\');
  return securityEvent(machine, time, 4688, {
    SubjectUserName: user,
    SubjectDomainName: domain,
    SubjectLogonId: process.session.logonId,
    NewProcessId: `0x${process.pid.toString(16)}`,
    NewProcessName: process.image,
    ProcessId: `0x${parent.pid.toString(16)}`,
    ParentProcessName: parent.image,
    CommandLine: process.commandLine,
    TokenElevationType: process.session.integrity === 'High' ? '%%1937' : '%%1938',
  });
}

/** Event 7045 of the service control manager. */
export function serviceInstalled(
  machine: Machine,
  time: number,
  service: { readonly name: string; readonly path: string; readonly start: 'auto start' | 'demand start' },
): Fields {
  return logged(
    machine,
    time,
    { id: 7045, channel: 'System', source: 'Service Control Manager' },
    {
      ServiceName: service.name,
      ImagePath: service.path,
      ServiceType: 'user mode service',
      StartType: service.start,
      AccountName: 'LocalSystem',
    },
  );
}

/** Event 4104: a script block as PowerShell runs it. */
export function scriptBlock(
  machine: Machine,
  time: number,
  block: { readonly text: string; readonly id: string; readonly path?: string },
): Fields {
  return logged(
    machine,
    time,
    { id: 4104, channel: 'Microsoft-Windows-PowerShell/Operational', source: 'Microsoft-Windows-PowerShell' },
    { MessageNumber: '1', MessageTotal: '1', ScriptBlockText: block.text, ScriptBlockId: block.id, Path: block.path ?? '' },
  );
}
