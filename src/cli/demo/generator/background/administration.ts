import type { Machine, Person } from '../company.js';
import { visit, zeekConnection, zeekLog } from '../network-events.js';
import { adminSessionOf, serviceSession, sessionOf } from '../sessions.js';
import { ARTIFACT_SITE, INSTALLER_SITE, PACKAGE_SITE } from '../sites.js';
import { fileCreated, registryValueSet } from '../sysmon-events.js';
import { loggedOn, scriptBlock, securityEvent, serviceInstalled } from '../windows-log-events.js';
import type { WindowsProcess } from '../windows-process.js';
import { OFFICE, POWERSHELL, SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import type { Activity, Appointment } from './activity.js';

const HOUR = 3_600_000;

/** Commands of administrators that look like an intruder's at first sight; a few of them do trigger rules, rightly. */
const CONSOLE_COMMANDS: readonly (readonly [image: string, commandLine: string, times: number])[] = [
  ['net.exe', 'net user {user} /domain', 14],
  ['net.exe', 'net group "Printer Operators 3F" /domain', 3],
  ['net.exe', 'net group "Domain Admins" /domain', 1],
  ['net.exe', 'net localgroup Administrators', 5],
  ['nltest.exe', 'nltest /dsgetdc:acme.example.com', 5],
  ['whoami.exe', 'whoami', 6],
  ['whoami.exe', 'whoami /groups', 3],
  ['vssadmin.exe', 'vssadmin list shadows', 4],
  ['wevtutil.exe', 'wevtutil qe Security /c:50 /rd:true /f:text', 4],
  ['schtasks.exe', 'schtasks /query /fo LIST', 6],
  ['sc.exe', 'sc \\\\fs02 query spooler', 6],
  ['reg.exe', 'reg query "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion" /v ProductName', 5],
  ['certutil.exe', 'certutil -hashfile C:\\Install\\agent.msi SHA256', 2],
  ['wbem\\WMIC.exe', 'wmic /node:10.20.0.31 os get lastbootuptime', 3],
  ['curl.exe', 'curl.exe -I https://status.example.org/health', 4],
  ['ipconfig.exe', 'ipconfig /all', 10],
  ['mstsc.exe', 'mstsc.exe /v:app01', 6],
];

const ADMIN_SCRIPTS = [
  'Get-ADUser -Filter {Enabled -eq $true} -Properties LastLogonDate | Where-Object { $_.LastLogonDate -lt (Get-Date).AddDays(-90) }',
  'Get-EventLog -LogName System -EntryType Error -Newest 50 | Format-Table -AutoSize',
  'Invoke-Command -ComputerName fs01,fs02 -ScriptBlock { Get-PSDrive D | Select-Object Used, Free }',
  '(New-Object Net.WebClient).DownloadFile("https://packages.example.org/agent.msi", "C:\\Install\\agent.msi")',
  'Get-Service -ComputerName app01 -Name W3SVC | Restart-Service -PassThru',
  'Get-SmbShare | Where-Object Special -eq $false | Get-SmbShareAccess',
  'Import-Module ActiveDirectory; Get-ADGroupMember "VPN Users" | Export-Csv C:\\Reports\\vpn.csv -NoTypeInformation',
];

function openConsole(world: World, time: number, person: Person): WindowsProcess {
  const host = world.windows(person.workstation);
  return host.start(time, {
    image: `${SYSTEM32}cmd.exe`,
    commandLine: `"${SYSTEM32}cmd.exe"`,
    parent: host.desktop(adminSessionOf(world, person)),
  });
}

function runCommand(image: string, commandLine: string): Activity {
  return (world, time) => {
    const person = world.random.pick(world.company.administrators);
    const shell = openConsole(world, time - 3_000, person);
    const user = world.random.pick(world.company.people).account;
    world
      .windows(person.workstation)
      .start(time, { image: `${SYSTEM32}${image}`, commandLine: commandLine.replace('{user}', user), parent: shell });
  };
}

const runScript: Activity = (world, time) => {
  const person = world.random.pick(world.company.administrators);
  const host = world.windows(person.workstation);
  host.start(time, { image: POWERSHELL, commandLine: `"${POWERSHELL}"`, parent: host.desktop(adminSessionOf(world, person)) });
  world.emit(
    time + 2_000,
    'windows',
    scriptBlock(person.workstation, time + 2_000, { text: world.random.pick(ADMIN_SCRIPTS), id: world.random.uuid() }),
  );
};

function psexec(options: string): Activity {
  return (world, time) => {
    const person = world.random.pick(world.company.administrators);
    const target = world.random.pick([world.company.servers.APP01, world.company.servers.FS02]);
    const shell = openConsole(world, time - 2_000, person);
    world.windows(person.workstation).start(time, {
      image: 'C:\\Tools\\PsExec64.exe',
      commandLine: `PsExec64.exe \\\\${target.name.toLowerCase()} ${options}`,
      parent: shell,
    });
    const port = world.random.int(49_152, 65_535);
    const logonId = world.newLogonId();
    const from = { address: person.workstation.address, port, workstation: person.workstation.name };
    const account = person.adminAccount ?? person.account;
    world.emit(
      time + 100,
      'windows',
      loggedOn(target, time + 100, { account, sid: person.sid, logonId, type: 3, package: 'Kerberos', from }),
    );
    const id = zeekConnection(world, time + 90, { from: from.address, to: target.address, port: 445, sourcePort: port, service: 'smb' });
    zeekLog(world, time + 200, 'smb_files', {
      ...id,
      action: 'SMB::FILE_OPEN',
      path: `\\\\${target.name.toLowerCase()}\\ADMIN$`,
      name: 'PSEXESVC.exe',
      size: 716_176,
    });
    zeekLog(world, time + 260, 'dce_rpc', {
      ...id,
      rtt: 0.0011,
      named_pipe: '\\pipe\\svcctl',
      endpoint: 'svcctl',
      operation: 'CreateServiceW',
    });
    world.emit(
      time + 300,
      'windows',
      serviceInstalled(target, time + 300, { name: 'PSEXESVC', path: '%SystemRoot%\\PSEXESVC.exe', start: 'demand start' }),
    );
    const host = world.windows(target);
    host.start(time + 500, { image: 'C:\\Windows\\PSEXESVC.exe', commandLine: 'C:\\Windows\\PSEXESVC.exe', parent: host.services() });
  };
}

/** Software distribution: the deployment agent installs a package on a workstation and registers its service and task. */
function deploy(machine: Machine): Activity {
  return (world, time) => {
    const host = world.windows(machine);
    const agent = host.running('C:\\Program Files\\Acme\\Deploy\\agent.exe');
    const installer = host.start(time, {
      image: `${SYSTEM32}msiexec.exe`,
      commandLine: 'msiexec.exe /i \\\\deploy01\\packages$\\inventory-4.2.msi /qn /norestart',
      parent: agent,
    });
    const folder = 'C:\\Program Files\\Acme\\Inventory\\';
    world.emit(time + 2_000, 'sysmon', fileCreated(machine, time + 2_000, installer, `${folder}agent.exe`));
    world.emit(
      time + 3_000,
      'sysmon',
      registryValueSet(machine, time + 3_000, installer, {
        key: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Acme Inventory\\DisplayVersion',
        details: '4.2',
      }),
    );
    world.emit(
      time + 4_000,
      'windows',
      serviceInstalled(machine, time + 4_000, { name: 'AcmeInventory', path: `"${folder}agent.exe" --service`, start: 'auto start' }),
    );
    host.start(time + 5_000, {
      image: `${SYSTEM32}schtasks.exe`,
      commandLine:
        'schtasks /create /tn "Acme Inventory" /sc daily /st 02:00 /tr "C:\\ProgramData\\Acme\\Inventory\\inventory.exe" /ru SYSTEM /f',
      parent: installer,
    });
  };
}

/** The nightly backup packs its export with a password, as an archive that is to be kept outside should be. */
const packBackup: Activity = (world, time) => {
  const { BACKUP01 } = world.company.servers;
  const host = world.windows(BACKUP01);
  const session = serviceSession(world, 'svc_backup');
  const script = host.start(time, {
    image: `${SYSTEM32}cmd.exe`,
    commandLine: 'cmd.exe /c D:\\Jobs\\nightly.cmd',
    parent: host.serviceHost(),
    session,
  });
  host.start(time + 800, { image: `${SYSTEM32}vssadmin.exe`, commandLine: 'vssadmin list shadows /for=D:', parent: script });
  host.start(time + 4_000, {
    image: 'C:\\Program Files\\7-Zip\\7z.exe',
    commandLine: '7z.exe a -t7z -mhe=on -p%BACKUP_KEY% E:\\Offsite\\payroll.7z D:\\Export\\payroll',
    parent: script,
  });
};

/** Developers fetch tools and publish results in ways that an intruder would, too. */
const installTool: Activity = (world, time) => {
  const person = world.random.pick(world.company.developers);
  const host = world.windows(person.workstation);
  const commandLine = `powershell -Command "irm https://${INSTALLER_SITE.domain}/install.ps1 | iex"`;
  const shell = host.start(time, { image: POWERSHELL, commandLine, parent: host.desktop(sessionOf(world, person)) });
  visit(world, time + 700, { machine: person.workstation, process: shell, site: INSTALLER_SITE });
};

const publishArtifact: Activity = (world, time) => {
  const person = world.random.pick(world.company.developers);
  const host = world.windows(person.workstation);
  const tool = host.start(time, {
    image: `${SYSTEM32}curl.exe`,
    commandLine: `curl.exe -sS --fail -T build\\orders.zip https://${ARTIFACT_SITE.domain}/orders/`,
    parent: host.running('C:\\Program Files\\Microsoft VS Code\\Code.exe', sessionOf(world, person)),
  });
  visit(world, time + 300, { machine: person.workstation, process: tool, site: ARTIFACT_SITE, sent: 18_000_000 });
};

const fetchPackage: Activity = (world, time) => {
  const person = world.random.pick(world.company.administrators);
  const host = world.windows(person.workstation);
  const parent = host.desktop(adminSessionOf(world, person));
  const shell = host.start(time, {
    image: POWERSHELL,
    commandLine: `powershell -c "iwr https://${PACKAGE_SITE.domain}/agent.msi -OutFile C:\\Install\\agent.msi"`,
    parent,
  });
  visit(world, time + 500, { machine: person.workstation, process: shell, site: PACKAGE_SITE });
};

const dumpWorker: Activity = (world, time) => {
  const person = world.random.pick(world.company.administrators);
  const host = world.windows(world.company.servers.APP01);
  const parent = host.desktop(adminSessionOf(world, person));
  host.start(time, { image: 'C:\\Tools\\procdump64.exe', commandLine: 'procdump64.exe -accepteula -ma w3wp.exe C:\\Dumps\\', parent });
};

const addToGroup: Activity = (world, time) => {
  const admin = world.random.pick(world.company.administrators);
  const member = world.random.pick(world.company.people);
  world.emit(
    time,
    'windows',
    securityEvent(world.company.servers.DC01, time, 4728, {
      TargetUserName: 'VPN Users',
      TargetSid: 'S-1-5-21-1004336348-1177238915-682003330-2210',
      MemberName: `CN=${member.name},OU=People,DC=acme,DC=example,DC=com`,
      MemberSid: member.sid,
      SubjectUserName: admin.adminAccount ?? admin.account,
    }),
  );
};

/** A vendor's spreadsheet add-in keeps itself up to date with a script, which no rule can tell from a dropper. */
const updateAddIn: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const session = sessionOf(world, person);
  const host = world.windows(person.workstation);
  const excel = host.running(`${OFFICE}EXCEL.EXE`, session);
  host.start(time, { image: `${SYSTEM32}cmd.exe`, commandLine: 'cmd.exe /c "C:\\Program Files\\RatesAddIn\\update.cmd"', parent: excel });
};

/** A day's administrative work, at times of its own. */
export function administration(world: World): Appointment[] {
  const appointments: Appointment[] = [];
  const during = (from: number, to: number, times: number, act: Activity): void => {
    for (let each = 0; each < times; each += 1) {
      appointments.push({ at: world.midnight + Math.round((from + world.random.float() * (to - from)) * HOUR), act });
    }
  };
  for (const [image, commandLine, times] of CONSOLE_COMMANDS) during(7.5, 17.5, times, runCommand(image, commandLine));
  during(7.5, 17, 34, runScript);
  during(8, 17, 5, psexec('ipconfig /flushdns'));
  during(8, 17, 1, psexec('-s cmd.exe'));
  for (const machine of world.company.workstations.slice(0, 24)) during(18.2, 20.5, 1, deploy(machine));
  during(1, 1.5, 1, packBackup);
  during(23, 23.4, 1, packBackup);
  during(9, 16, 1, installTool);
  during(9, 17, 3, publishArtifact);
  during(9, 16, 2, fetchPackage);
  during(9, 16, 2, dumpWorker);
  during(8, 17, 3, addToGroup);
  during(9, 15, 1, updateAddIn);
  return appointments;
}
