import { sessionOf } from '../sessions.js';
import type { LogonSession, WindowsProcess } from '../windows-process.js';
import { SYSTEM32 } from '../windows-programs.js';
import type { World } from '../world.js';
import type { IntrusionCast } from './intrusion-plan.js';

/** Where the intruder's library lies on the workstation. */
export function library({ victim }: IntrusionCast): string {
  return `C:\\Users\\${victim.account}\\AppData\\Roaming\\TelemetryCache\\telemetry.dll`;
}

/** The implant: rundll32 with the intruder's library, in the session of the victim. */
export function implant(world: World, cast: IntrusionCast): WindowsProcess {
  return world.windows(cast.workstation).running(`${SYSTEM32}rundll32.exe`, sessionOf(world, cast.victim));
}

/** Starts a program out of the implant. */
export function startFromImplant(
  world: World,
  cast: IntrusionCast,
  time: number,
  start: { image: string; commandLine: string; session?: LogonSession },
): WindowsProcess {
  return world
    .windows(cast.workstation)
    .start(time, { ...start, parent: implant(world, cast), directory: `C:\\Users\\${cast.victim.account}\\` });
}
