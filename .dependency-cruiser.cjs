/** The rules between the rooms; ARCHITECTURE.md says why. */
const PURE = '^src/(contracts|events)/|/domain/';
const FEATURES = ['mssp', 'ada', 'taa', 'cra', 'cla'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.spec\\.ts$', '^src/main\\.ts$', '\\.worker\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'pure-rooms-know-only-pure-rooms',
      comment: 'contracts/, events/ and every domain/ decide; they know no framework, no vendor and nothing that waits. Bytes are values.',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: { pathNot: [PURE, '^(node:)?buffer$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { pathNot: '^src/contracts/' },
    },
    ...FEATURES.map((feature) => ({
      name: `${feature}-meets-others-in-contracts`,
      severity: 'error',
      from: { path: `^src/${feature}/` },
      to: { path: `^src/(${FEATURES.filter((other) => other !== feature).join('|')})/` },
    })),
    {
      name: 'platform-imports-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(${[...FEATURES, 'agents', 'cli'].join('|')})/` },
    },
    {
      name: 'vendors-only-in-adapters-and-platform',
      severity: 'error',
      from: { path: '^src/(mssp|ada|taa|cra|cla)/', pathNot: ['/adapters/', '\\.spec\\.ts$', '\\.module\\.ts$'] },
      to: {
        path: 'node_modules/(kysely|pg|cockatiel|ioredis|js-yaml|tar-stream|re2js|ipaddr\\.js|jose|prom-client|@google-cloud|@clickhouse)/',
      },
    },
    {
      name: 'policies-are-made-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/resilience/' },
      to: { path: 'node_modules/cockatiel/' },
    },
    {
      name: 'adapters-are-named-by-modules-only',
      comment: 'Composition roots of a thread and of the command line count as modules, and so does the list of what tables features have.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '/adapters/',
          '\\.module\\.ts$',
          '\\.worker\\.ts$',
          '^src/cli/',
          '^src/agents/',
          '^src/database-steps\\.ts$',
          '\\.spec\\.ts$',
        ],
      },
      to: { path: '/adapters/' },
    },
    {
      name: 'feature-modules-are-named-by-the-roots-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/app\\.module\\.ts$', '^src/agents/.*\\.module\\.ts$', '\\.spec\\.ts$'] },
      to: { path: '^src/(mssp|ada|taa|cra|cla)/.*\\.module\\.ts$' },
    },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: '^src/.*/index\\.ts$' } },
    { name: 'no-junk-drawers', severity: 'error', from: {}, to: { path: '^src/.*/(utils|common|helpers|shared)/' } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
