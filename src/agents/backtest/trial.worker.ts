import { workerData } from 'node:worker_threads';
import { readDetection } from '../../ada/adapters/load-detection.js';
import { readLogsources } from '../../ada/adapters/logsource-files.js';
import { ownFilterContext } from '../../ada/adapters/read-own-filters.js';
import { serveAside } from '../aside/serve-aside.js';
import { TrialDesk } from './trial-desk.js';
import type { RuleSet } from '../pipeline/rule-set.js';
import type { TrialAnswer, TrialRequest } from './trial-protocol.js';

const { texts } = workerData as RuleSet;
const desk = new TrialDesk(await readDetection(texts), ownFilterContext(readLogsources()), () => performance.now());

serveAside((asked): TrialAnswer => {
  const request = asked as TrialRequest;
  return request.op === 'check' ? desk.check(request.document) : desk.look(request.trial, request.records);
});
