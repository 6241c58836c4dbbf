import { collectSeldom } from './platform/lifecycle/heap-growth.js';
import { StopSignals } from './platform/lifecycle/stop-signals.js';

collectSeldom();
const signals = StopSignals.install();
// Loaded only now: a signal must find its listener while the rest of the app is still being read from disk.
const { serve } = await import('./serve.js');
await serve(signals);
