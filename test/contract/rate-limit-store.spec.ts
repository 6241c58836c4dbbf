import { memoryRig } from '../support/rate-limit-rig.js';
import { behavesAsRateLimitStore } from './rate-limit-store.contract.js';

describe('rate limits in memory', () => behavesAsRateLimitStore(memoryRig));
