/** Suites that load the machine or compare times: what runs beside them would be measured with them. */
export const ALONE = [
  'backpressure',
  'kill9',
  'noisy-neighbour',
  'overload',
  'rate-limit-outage',
  'rolling-restart',
  'rotation-under-load',
  'several-instances',
  'slow-clients',
  'toxic-matrix',
].map((name) => `<rootDir>/test/e2e/${name}.spec.ts`);

/** Unit tests stand beside their subject in src/, behaviour and contract suites in test/. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  globalSetup: '<rootDir>/test/support/build-once.mjs',
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/long/', ...ALONE],
  maxWorkers: '100%',
  testTimeout: 60_000,
};
