import { availableParallelism } from 'node:os';

/** Suites that load the machine or compare times: what runs beside them would be measured with them. */
export const ALONE = [
  'src/platform/resilience/breaker-machine',
  'src/platform/resilience/outbound-policy',
  'test/e2e/backpressure',
  'test/e2e/deadline',
  'test/e2e/kill9',
  'test/e2e/noisy-neighbour',
  'test/e2e/overload',
  'test/e2e/rate-limit-outage',
  'test/e2e/roles',
  'test/e2e/rolling-restart',
  'test/e2e/rotation-under-load',
  'test/e2e/several-instances',
  'test/e2e/slow-clients',
  'test/e2e/toxic-matrix',
].map((name) => `<rootDir>/${name}.spec.ts`);

/** Unit tests stand beside their subject in src/, behaviour and contract suites in test/. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  globalSetup: '<rootDir>/test/support/build-once.mjs',
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/long/', '<rootDir>/test/emulators/', ...ALONE],
  /** Many suites wait for processes and timers: one more than there are processors keeps those busy. */
  maxWorkers: availableParallelism() + 1,
  testTimeout: 60_000,
};
