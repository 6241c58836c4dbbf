import { contextBleed } from '../support/context-bleed.js';

const LONG = { requests: 1_000, steps: 150, leastLines: 150_000 };

contextBleed('TEN-07 context-bleed: of 150,000 log lines none bears the label of another tenant', LONG);
