import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { loadDetection, type DetectionFiles } from '../../ada/adapters/load-detection.js';
import { readLogsources } from '../../ada/adapters/logsource-files.js';
import { ownFilterContext } from '../../ada/adapters/read-own-filters.js';
import { TrialDesk } from './trial-desk.js';
import type { TrialMessage, TrialRequest } from './trial-protocol.js';

// Elsewhere than on Linux a priority is that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const desk = new TrialDesk(await loadDetection(workerData as DetectionFiles), ownFilterContext(readLogsources()), () => performance.now());

function say(message: TrialMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (request: TrialRequest) => {
  try {
    say({ say: 'done', value: request.op === 'check' ? desk.check(request.document) : desk.look(request.trial, request.records) });
  } catch (error) {
    say({ say: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
say({ say: 'ready' });
