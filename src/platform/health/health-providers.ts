import type { Provider } from '@nestjs/common';
import { CircuitsProbe } from './circuits-probe.js';
import { DamageProbe } from './damage-probe.js';
import { ProbeRegistry } from './probe-registry.js';
import { StorageProbe } from './storage-probe.js';

/** What health looks at from the beginning; whoever owns another dependency adds its probe. */
export const healthProviders: readonly Provider[] = [ProbeRegistry, StorageProbe, CircuitsProbe, DamageProbe];
