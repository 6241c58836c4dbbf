import type { Person } from '../company.js';
import { internalSite, visit, zeekConnection, zeekLog, zeekLookup } from '../network-events.js';
import { sessionOf } from '../sessions.js';
import { MALIGNED_SITE, SITES } from '../sites.js';
import { fileCreated, nameLookedUp, networkConnected, registryValueSet } from '../sysmon-events.js';
import { loggedOff, loggedOn, logonFailed } from '../windows-log-events.js';
import type { WindowsHost } from '../windows-host.js';
import { BROWSERS, OFFICE, ONEDRIVE, SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import type { Activity, Appointment, Routine } from './activity.js';

const TOPICS = 'budget forecast offer contract minutes roadmap invoice payroll plan report travel inventory pricing survey'.split(' ');
const DOCUMENT_SUFFIXES = { 'WINWORD.EXE': 'docx', 'EXCEL.EXE': 'xlsx', 'POWERPNT.EXE': 'pptx' } as const;

function at(world: World, person: Person): WindowsHost {
  return world.windows(person.workstation);
}

const browse: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const host = at(world, person);
  const browser = host.running(BROWSERS[person.account.length % BROWSERS.length] ?? '', sessionOf(world, person));
  let moment = time;
  const pages = world.random.int(1, 3);
  for (let page = 0; page < pages; page += 1) {
    const rank = Math.floor(world.random.float() ** 2 * SITES.length);
    const site = world.random.chance(0.002) ? MALIGNED_SITE : (SITES[rank] ?? MALIGNED_SITE);
    visit(world, moment, { machine: person.workstation, process: browser, site, cached: world.random.chance(0.4) });
    moment += Math.round(world.random.longTailed(20_000));
  }
};

const editDocument: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const host = at(world, person);
  const session = sessionOf(world, person);
  const program = world.random.pick(Object.keys(DOCUMENT_SUFFIXES) as (keyof typeof DOCUMENT_SUFFIXES)[]);
  const name = `${world.random.pick(TOPICS)}-${world.random.int(1, 400)}.${DOCUMENT_SUFFIXES[program]}`;
  const folder = `C:\\Users\\${person.account}\\Documents\\`;
  const process = host.start(time, {
    image: `${OFFICE}${program}`,
    commandLine: `"${OFFICE}${program}" /n "${folder}${name}"`,
    parent: host.desktop(session),
    directory: folder,
  });
  world.emit(time + 900, 'sysmon', fileCreated(person.workstation, time + 900, process, `${folder}~$${name}`));
  world.emit(
    time + 1_400,
    'sysmon',
    registryValueSet(person.workstation, time + 1_400, process, {
      key: `HKU\\${person.sid}\\Software\\Microsoft\\Office\\16.0\\Common\\Recent\\Item ${world.random.int(1, 9)}`,
      details: `${folder}${name}`,
    }),
  );
  if (world.random.chance(0.1)) {
    host.start(time + 60_000, { image: 'C:\\Windows\\splwow64.exe', commandLine: 'C:\\Windows\\splwow64.exe 8192', parent: process });
  }
};

const readMail: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const host = at(world, person);
  const outlook = host.running(`${OFFICE}OUTLOOK.EXE`, sessionOf(world, person));
  visit(world, time, {
    machine: person.workstation,
    process: outlook,
    site: { domain: 'mail.example.com', address: '198.51.100.21' },
    cached: true,
  });
  if (!world.random.chance(0.3)) return;
  const attachment = `${world.random.pick(TOPICS)}-${world.random.int(1, 400)}.${world.random.pick(['pdf', 'docx', 'xlsx', 'zip'])}`;
  const cache = `C:\\Users\\${person.account}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\`;
  const path = `${cache}${world.random.hex(8).toUpperCase()}\\${attachment}`;
  world.emit(time + 4_000, 'sysmon', fileCreated(person.workstation, time + 4_000, outlook, path));
};

const useShare: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const server = world.random.chance(0.7) ? world.company.servers.FS01 : world.company.servers.FS02;
  const port = world.random.int(49_152, 65_535);
  const logon = {
    account: person.account,
    sid: person.sid,
    logonId: world.newLogonId(),
    type: 3,
    package: 'Kerberos' as const,
    from: { address: person.workstation.address, port, workstation: person.workstation.name },
  };
  const id = zeekConnection(world, time, {
    from: person.workstation.address,
    to: server.address,
    port: 445,
    sourcePort: port,
    service: 'smb',
  });
  world.emit(time + 20, 'windows', loggedOn(server, time + 20, logon));
  zeekLog(world, time + 300, 'smb_files', {
    ...id,
    action: 'SMB::FILE_OPEN',
    path: `\\\\${server.name.toLowerCase()}\\${person.department}`,
    name: `${world.random.pick(TOPICS)}\\${world.random.pick(TOPICS)}-${world.random.int(1, 400)}.xlsx`,
    size: world.random.int(9_000, 900_000),
  });
  const end = time + 60_000 + Math.round(world.random.longTailed(600_000));
  world.emit(end, 'windows', loggedOff(server, end, logon));
};

const callIn: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const process = at(world, person).running('C:\\Program Files\\WindowsApps\\MSTeams\\ms-teams.exe', sessionOf(world, person));
  const site = { domain: 'meet.example.com', address: '198.51.100.32' };
  visit(world, time, {
    machine: person.workstation,
    process,
    site,
    sent: world.random.int(1_000_000, 30_000_000),
    lasted: world.random.int(300_000, 2_400_000),
  });
};

const develop: Activity = (world, time) => {
  const person = world.random.pick(world.company.developers);
  const host = at(world, person);
  const session = sessionOf(world, person);
  const editor = host.running('C:\\Program Files\\Microsoft VS Code\\Code.exe', session);
  const project = `C:\\Users\\${person.account}\\source\\${world.random.pick(['orders', 'billing', 'portal', 'agents'])}`;
  const command = world.random.pick([
    'git status',
    'git fetch --all',
    'npm test',
    'npm run build',
    'docker compose up -d',
    'git push',
    'node server.js',
  ]);
  const shell = host.start(time, {
    image: `${SYSTEM32}cmd.exe`,
    commandLine: `${SYSTEM32}cmd.exe /d /s /c "${command}"`,
    parent: editor,
    directory: project,
  });
  const image = command.startsWith('git') ? 'C:\\Program Files\\Git\\cmd\\git.exe' : 'C:\\Program Files\\nodejs\\node.exe';
  const tool = host.start(time + 80, { image, commandLine: command, parent: shell, directory: project });
  if (/fetch|push/.test(command))
    visit(world, time + 200, { machine: person.workstation, process: tool, site: { domain: 'git.example.org', address: '198.51.100.34' } });
};

const useDatabase: Activity = (world, time) => {
  const person = world.random.pick(world.company.people);
  const { SQL01 } = world.company.servers;
  const process = at(world, person).running('C:\\Program Files\\Acme\\Orders\\orders.exe', sessionOf(world, person));
  const sourcePort = world.random.int(49_152, 65_535);
  const site = internalSite(SQL01);
  world.emit(time, 'sysmon', nameLookedUp(person.workstation, time, process, { name: site.domain, address: site.address }));
  zeekLookup(world, time + 1, person.workstation.address, site);
  const flow = { sourceAddress: person.workstation.address, sourcePort, address: SQL01.address, port: 1433, protocol: 'tcp' as const };
  world.emit(time + 10, 'sysmon', networkConnected(person.workstation, time + 10, process, flow));
  zeekConnection(world, time + 9, { from: person.workstation.address, to: SQL01.address, port: 1433, sourcePort, service: 'tds' });
};

/** What people do at their desks, over and over. */
export const OFFICE_WORK: readonly Routine[] = [
  { act: browse, atWork: 30, atNight: 0.4 },
  { act: editDocument, atWork: 14, atNight: 0.2 },
  { act: readMail, atWork: 16, atNight: 0.3 },
  { act: useShare, atWork: 15, atNight: 0.6 },
  { act: callIn, atWork: 2, atNight: 0 },
  { act: develop, atWork: 8, atNight: 0.3 },
  { act: useDatabase, atWork: 8, atNight: 0.2 },
];

/** Everybody's coming and going: a logon in the morning, one or the other wrong password, a logoff in the evening. */
export function commutes(world: World): Appointment[] {
  return world.company.people.flatMap((person) => {
    const arrival = world.midnight + 7 * 3_600_000 + Math.round((world.random.float() + world.random.float()) * 3_960_000);
    const departure = arrival + 8 * 3_600_000 + Math.round(world.random.float() * 7_200_000);
    return [
      { at: arrival, act: (_: World, time: number) => arrive(world, time, person) },
      { at: departure, act: (_: World, time: number) => leave(world, time, person) },
    ];
  });
}

function arrive(world: World, time: number, person: Person): void {
  const session = sessionOf(world, person);
  const host = at(world, person);
  const logon = { account: person.account, sid: person.sid, logonId: session.logonId, type: 2 };
  if (world.random.chance(0.12)) world.emit(time - 9_000, 'windows', logonFailed(person.workstation, time - 9_000, logon));
  world.emit(time, 'windows', loggedOn(person.workstation, time, logon));
  host.start(time + 2_000, {
    image: `${SYSTEM32}cscript.exe`,
    commandLine: 'cscript.exe //nologo \\\\acme.example.com\\NETLOGON\\drives.vbs',
    parent: host.running(`${SYSTEM32}userinit.exe`, session),
  });
  const drive = host.start(time + 5_000, { image: ONEDRIVE, commandLine: `"${ONEDRIVE}" /background`, parent: host.desktop(session) });
  world.emit(
    time + 6_000,
    'sysmon',
    registryValueSet(person.workstation, time + 6_000, drive, {
      key: `HKU\\${person.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\OneDrive`,
      details: `"${ONEDRIVE}" /background`,
    }),
  );
  host.start(time + 12_000, {
    image: `${OFFICE}OUTLOOK.EXE`,
    commandLine: `"${OFFICE}OUTLOOK.EXE"`,
    parent: host.desktop(session),
    stays: true,
  });
}

function leave(world: World, time: number, person: Person): void {
  const { logonId } = sessionOf(world, person);
  world.emit(time, 'windows', loggedOff(person.workstation, time, { account: person.account, sid: person.sid, logonId, type: 2 }));
}
