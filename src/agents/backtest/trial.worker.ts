import { workerData } from 'node:worker_threads';
import { readDetection } from '../../ada/adapters/load-detection.js';
import { serveAside } from '../aside/serve-aside.js';
import { TrialDesk } from './trial-desk.js';
import type { RuleSet } from '../pipeline/rule-set.js';
import type { TrialAnswer, TrialRequest } from './trial-protocol.js';

const desk = new TrialDesk(await readDetection((workerData as RuleSet).texts), () => performance.now());

serveAside((asked): TrialAnswer => {
  const request = asked as TrialRequest;
  return request.op === 'check' ? desk.check(request.tenant, request.document) : desk.look(request.trial, request.records);
});
