import type { Machine } from './company.js';
import { hashesOf, originalName } from './windows-programs.js';
import type { ProcessStart, WindowsProcess } from './windows-process.js';

type Fields = Record<string, unknown>;

/** Members that every Sysmon event has, in the flat layout that Windows collectors send. */
function sysmon(machine: Machine, time: number, eventId: number, fields: Fields): Fields {
  const iso = new Date(time).toISOString();
  return {
    EventID: eventId,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    SourceName: 'Microsoft-Windows-Sysmon',
    Hostname: machine.fqdn,
    '@timestamp': iso,
    UtcTime: `${iso.slice(0, 10)} ${iso.slice(11, 23)}`,
    RuleName: '-',
    ...fields,
  };
}

function actor(process: WindowsProcess): Fields {
  return { ProcessGuid: process.guid, ProcessId: String(process.pid), Image: process.image, User: process.session.user };
}

/** Event 1. */
export function processCreated(machine: Machine, time: number, process: WindowsProcess, start: ProcessStart): Fields {
  return sysmon(machine, time, 1, {
    ...actor(process),
    CommandLine: process.commandLine,
    CurrentDirectory: start.directory ?? 'C:\\Windows\\system32\\',
    OriginalFileName: start.originalName ?? originalName(process.image),
    LogonId: process.session.logonId,
    IntegrityLevel: process.session.integrity,
    Hashes: hashesOf(process.image),
    ParentProcessGuid: start.parent.guid,
    ParentProcessId: String(start.parent.pid),
    ParentImage: start.parent.image,
    ParentCommandLine: start.parent.commandLine,
    ParentUser: start.parent.session.user,
  });
}

interface Flow {
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** Event 3. */
export function networkConnected(machine: Machine, time: number, process: WindowsProcess, flow: Flow): Fields {
  return sysmon(machine, time, 3, {
    ...actor(process),
    Protocol: flow.protocol,
    Initiated: 'true',
    SourceIsIpv6: 'false',
    SourceIp: flow.sourceAddress,
    SourceHostname: machine.fqdn,
    SourcePort: String(flow.sourcePort),
    DestinationIsIpv6: 'false',
    DestinationIp: flow.address,
    DestinationHostname: '-',
    DestinationPort: String(flow.port),
  });
}

/** Event 10. */
export function processAccessed(
  machine: Machine,
  time: number,
  source: WindowsProcess,
  target: WindowsProcess,
  access: { readonly rights: string; readonly callTrace: string },
): Fields {
  return sysmon(machine, time, 10, {
    SourceProcessGUID: source.guid,
    SourceProcessId: String(source.pid),
    SourceImage: source.image,
    SourceUser: source.session.user,
    TargetProcessGUID: target.guid,
    TargetProcessId: String(target.pid),
    TargetImage: target.image,
    TargetUser: target.session.user,
    GrantedAccess: access.rights,
    CallTrace: access.callTrace,
  });
}

/** Event 11. */
export function fileCreated(machine: Machine, time: number, process: WindowsProcess, path: string): Fields {
  const created = new Date(time).toISOString();
  return sysmon(machine, time, 11, {
    ...actor(process),
    TargetFilename: path,
    CreationUtcTime: `${created.slice(0, 10)} ${created.slice(11, 23)}`,
  });
}

/** Event 13. */
export function registryValueSet(machine: Machine, time: number, process: WindowsProcess, value: { key: string; details: string }): Fields {
  return sysmon(machine, time, 13, { ...actor(process), EventType: 'SetValue', TargetObject: value.key, Details: value.details });
}

/** Event 17. */
export function pipeCreated(machine: Machine, time: number, process: WindowsProcess, name: string): Fields {
  return sysmon(machine, time, 17, { ...actor(process), EventType: 'CreatePipe', PipeName: name });
}

/** Event 22. */
export function nameLookedUp(machine: Machine, time: number, process: WindowsProcess, answer: { name: string; address: string }): Fields {
  return sysmon(machine, time, 22, {
    ...actor(process),
    QueryName: answer.name,
    QueryStatus: '0',
    QueryResults: `::ffff:${answer.address};`,
  });
}
