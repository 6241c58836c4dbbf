import { contextBleed } from '../support/context-bleed.js';

const SHORT = { requests: 200, steps: 100, leastLines: 20_000 };

contextBleed('TEN-07 context-bleed: no log line, no row and no outgoing call of one tenant bears the label of another', SHORT);
