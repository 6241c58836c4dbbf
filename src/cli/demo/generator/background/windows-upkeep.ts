import type { Machine } from '../company.js';
import { visit, zeekConnection, zeekLog } from '../network-events.js';
import { UPDATE_SITES } from '../sites.js';
import { fileCreated, pipeCreated, processAccessed, registryValueSet } from '../sysmon-events.js';
import { loggedOff, loggedOn, processLogged, scriptBlock, securityEvent } from '../windows-log-events.js';
import { DEFENDER, INVENTORY_AGENT, POWERSHELL, SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import type { Activity, Routine } from './activity.js';

const INVENTORY_SCRIPT =
  'Get-CimInstance Win32_OperatingSystem | Select-Object Caption, Version, LastBootUpTime | ConvertTo-Json -Compress';
const INVENTORY_ENCODED = Buffer.from(INVENTORY_SCRIPT, 'utf16le').toString('base64');

const SERVICE_GROUPS = [
  'netsvcs -p -s wuauserv',
  'LocalServiceNetworkRestricted -p',
  'netsvcs -p -s BITS',
  'UnistackSvcGroup',
  'wsappx -p',
];
const TASKS: readonly (readonly [image: string, commandLine: string])[] = [
  [`${SYSTEM32}taskhostw.exe`, 'taskhostw.exe'],
  [`${SYSTEM32}usoclient.exe`, 'usoclient.exe StartScan'],
  [`${SYSTEM32}rundll32.exe`, `${SYSTEM32}rundll32.exe ${SYSTEM32}pcadm.dll,PcaPatchSdbTask`],
  [`${SYSTEM32}CompatTelRunner.exe`, `${SYSTEM32}CompatTelRunner.exe -m:appraiser.dll -f:DoScheduledTelemetryRun`],
  [`${SYSTEM32}wevtutil.exe`, 'wevtutil.exe qe Application /c:20 /rd:true /f:text'],
  [`${SYSTEM32}wbem\\WmiPrvSE.exe`, `${SYSTEM32}wbem\\wmiprvse.exe -secured -Embedding`],
  [`${SYSTEM32}gpupdate.exe`, 'gpupdate.exe /target:computer'],
];

function anyWindows(world: World): Machine {
  const { servers, workstations } = world.company;
  return world.random.chance(0.85)
    ? world.random.pick(workstations)
    : world.random.pick(Object.values(servers).filter(({ os }) => os === 'windows'));
}

const startService: Activity = (world, time) => {
  const machine = anyWindows(world);
  const host = world.windows(machine);
  const parent = host.services();
  const process = host.start(time, {
    image: `${SYSTEM32}svchost.exe`,
    commandLine: `${SYSTEM32}svchost.exe -k ${world.random.pick(SERVICE_GROUPS)}`,
    parent,
  });
  if (world.random.chance(0.5)) world.emit(time + 1, 'windows', processLogged(machine, time + 1, process, parent));
};

const runTask: Activity = (world, time) => {
  const machine = anyWindows(world);
  const host = world.windows(machine);
  const [image, commandLine] = world.random.pick(TASKS);
  const process = host.start(time, { image, commandLine, parent: host.serviceHost() });
  if (world.random.chance(0.5)) world.emit(time + 1, 'windows', processLogged(machine, time + 1, process, host.serviceHost()));
};

const update: Activity = (world, time) => {
  const machine = anyWindows(world);
  const host = world.windows(machine);
  const site = world.random.pick(UPDATE_SITES);
  const plain = world.random.chance(0.45);
  const cached = world.random.chance(0.5);
  const id = visit(world, time, { machine, process: host.serviceHost(), site, cached, port: plain ? 80 : 443 });
  if (!plain) return;
  const name = `${world.random.hex(6)}.cab`;
  zeekLog(world, time + 90, 'http', {
    ...id,
    trans_depth: 1,
    method: 'GET',
    host: site.domain,
    uri: `/content/${world.random.hex(16)}/${name}`,
    user_agent: 'Microsoft-Delivery-Optimization/10.0',
    request_body_len: 0,
    response_body_len: world.random.int(20_000, 9_000_000),
    status_code: 200,
    status_msg: 'OK',
    resp_mime_types: ['application/vnd.ms-cab-compressed'],
  });
  const path = `C:\\Windows\\SoftwareDistribution\\Download\\${world.random.hex(16)}\\${name}`;
  world.emit(time + 8_000, 'sysmon', fileCreated(machine, time + 8_000, host.serviceHost(), path));
};

const writeRegistry: Activity = (world, time) => {
  const machine = anyWindows(world);
  const process = world.windows(machine).serviceHost();
  const key = world.random.pick([
    'HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{7c3a0e51-9c1f-4b7e-8d42-0b5a1c6f2e90}\\LeaseObtainedTime',
    'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\LastOnlineScanTimeForAppCategory',
    'HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\SignaturesLastUpdated',
    'HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime',
  ]);
  world.emit(time, 'sysmon', registryValueSet(machine, time, process, { key, details: `DWORD (0x${world.random.hex(8)})` }));
};

/** Antivirus and inventory look into LSASS all day, the one with rights that a thief would ask for as well. */
const scanMemory: Activity = (world, time) => {
  const machine = anyWindows(world);
  const host = world.windows(machine);
  const lsass = host.running(`${SYSTEM32}lsass.exe`);
  const antivirus = world.random.chance(0.6);
  const source = host.running(antivirus ? DEFENDER : `${SYSTEM32}svchost.exe`);
  const callTrace = `${SYSTEM32}ntdll.dll+9d4c4|${SYSTEM32}KERNELBASE.dll+2c0ce|${antivirus ? DEFENDER.replace('MsMpEng.exe', 'mpengine.dll') : `${SYSTEM32}lsm.dll`}+1f2a`;
  world.emit(time, 'sysmon', processAccessed(machine, time, source, lsass, { rights: antivirus ? '0x1410' : '0x1000', callTrace }));
};

/** The inventory agent asks by encoded PowerShell, as management tools do. */
const takeInventory: Activity = (world, time) => {
  const machine = anyWindows(world);
  const host = world.windows(machine);
  const process = host.start(time, {
    image: POWERSHELL,
    commandLine: `powershell.exe -NoProfile -NonInteractive -EncodedCommand ${INVENTORY_ENCODED}`,
    parent: host.running(INVENTORY_AGENT),
  });
  const pipe = `\\PSHost.${13_370_000_000_000_000 + world.random.uint32()}.${process.pid}.DefaultAppDomain.powershell`;
  world.emit(time + 200, 'sysmon', pipeCreated(machine, time + 200, process, pipe));
  world.emit(time + 400, 'windows', scriptBlock(machine, time + 400, { text: INVENTORY_SCRIPT, id: world.random.uuid() }));
};

const computerLogon: Activity = (world, time) => {
  const machine = anyWindows(world);
  const server = world.random.chance(0.7) ? world.company.servers.DC01 : world.company.servers.DC02;
  const port = world.random.int(49_152, 65_535);
  const logon = {
    account: `${machine.name}$`,
    sid: `S-1-5-21-1004336348-1177238915-682003330-${2000 + Number(machine.address.split('.').pop())}`,
    logonId: world.newLogonId(),
    type: 3,
    package: 'Kerberos' as const,
    from: { address: machine.address, port, workstation: machine.name },
  };
  world.emit(time, 'windows', loggedOn(server, time, logon));
  const end = time + world.random.int(5_000, 90_000);
  world.emit(end, 'windows', loggedOff(server, end, logon));
  zeekConnection(world, time - 5, { from: machine.address, to: server.address, port: world.random.pick([88, 389, 445]), sourcePort: port });
};

const serviceTicket: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const { DC01, FS01, SQL01 } = world.company.servers;
  const old = world.random.chance(0.008);
  world.emit(
    time,
    'windows',
    securityEvent(DC01, time, 4769, {
      TargetUserName: `${person.account}@ACME.EXAMPLE.COM`,
      TargetDomainName: 'ACME.EXAMPLE.COM',
      ServiceName: old ? 'svc_scan2folder' : `${world.random.pick([FS01, SQL01, DC01]).name}$`,
      TicketOptions: '0x40810000',
      TicketEncryptionType: old ? '0x17' : '0x12',
      Status: '0x0',
      IpAddress: `::ffff:${person.workstation.address}`,
      IpPort: String(world.random.int(49_152, 65_535)),
    }),
  );
};

const synchroniseTime: Activity = (world, time) => {
  const machine = anyWindows(world);
  zeekConnection(world, time, {
    from: machine.address,
    to: world.company.servers.DC01.address,
    port: 123,
    protocol: 'udp',
    service: 'ntp',
    sent: 48,
    received: 48,
  });
};

/** What Windows machines do by themselves. */
export const WINDOWS_UPKEEP: readonly Routine[] = [
  { act: startService, atWork: 14, atNight: 9 },
  { act: runTask, atWork: 10, atNight: 7 },
  { act: update, atWork: 5, atNight: 4 },
  { act: writeRegistry, atWork: 14, atNight: 10 },
  { act: scanMemory, atWork: 5, atNight: 3 },
  { act: takeInventory, atWork: 2.5, atNight: 2 },
  { act: computerLogon, atWork: 12, atNight: 8 },
  { act: serviceTicket, atWork: 12, atNight: 0.5 },
  { act: synchroniseTime, atWork: 3, atNight: 3 },
];
