import { contextBleed } from '../support/context-bleed.js';

const LONG = { requests: 400, steps: 260, leastLines: 100_000 };

contextBleed('TEN-07 context-bleed: no log line, no row and no outgoing call of one tenant bears the label of another', LONG);
