import { NoChangeSignal } from '../../src/platform/changes/change-signal.js';
import { SharedChanges } from '../../src/platform/changes/shared-changes.js';
import { keepsInstancesAlike } from './shared-changes.contract.js';

describe('changes that instances ask for by themselves', () => keepsInstancesAlike(() => new SharedChanges(new NoChangeSignal(), 60_000)));
