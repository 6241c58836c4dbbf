/** Unit tests stand beside their subject in src/, behaviour and contract suites in test/. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  globalSetup: '<rootDir>/test/support/build-once.mjs',
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/long/'],
  maxWorkers: '100%',
  testTimeout: 60_000,
};
