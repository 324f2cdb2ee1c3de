/**
 * The arrows of the house: schemas <- core <- hosts; what touches the world depends on contracts; only the composition
 * root knows adapters.
 */
const CONTRACT = '^[a-z]+/contract[.]ts$';
const WORLD = 'providers|log|store|receipts|activities|projection|callbacks|api';
const NPM = 'node_modules';
/** Any folder of ours; a Node built-in such as fs/promises has a slash too. */
const ROOM = '^(?!(fs|timers|stream|util|node:[a-z]+)/)[^/]+/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: '[.](test|d)[.]ts$|^[^/]+$|^(scripts|deploy)/' },
      to: {},
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-package-in-what-runs',
      severity: 'error',
      comment: 'The pages are bundled: nothing of them is installed where Onward runs.',
      from: { pathNot: '^(test|bench|scripts|console)/|^[^/]+$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'schemas-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { pathNot: ['^schemas/', NPM], dependencyTypesNot: ['core'] },
    },
    {
      name: 'core-imports-schemas-only',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: ['^(schemas|core)/', NPM], dependencyTypesNot: ['core'] },
    },
    {
      name: 'core-and-workflows-are-pure',
      comment: 'No Node built-ins, and only packages without clock, I/O or randomness.',
      severity: 'error',
      from: { path: '^(core|workflows)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-uses-pure-packages-only',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: NPM, pathNot: `${NPM}/(@types/)?(mustache|sms-segments-calculator|libphonenumber-js)/` },
    },
    {
      name: 'embedded-knows-contracts-only',
      severity: 'error',
      from: { path: '^embedded/' },
      to: { path: ROOM, pathNot: ['^(schemas|core|embedded|sqlite)/', CONTRACT, NPM] },
    },
    {
      name: 'workflows-know-the-core-only',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: ROOM, pathNot: ['^(schemas|core|workflows)/', CONTRACT, NPM] },
    },
    {
      name: 'temporal-knows-the-workflow-and-contracts',
      comment: 'api/deps.ts for what a logger is.',
      severity: 'error',
      from: { path: '^temporal/' },
      to: {
        path: ROOM,
        pathNot: ['^(schemas|core|workflows|temporal|sqlite|tracing)/', CONTRACT, '^api/deps[.]ts$', NPM],
      },
    },
    {
      name: 'tracing-knows-contracts-only',
      comment: 'api/deps.ts for what a logger is.',
      severity: 'error',
      from: { path: '^tracing/' },
      to: { path: ROOM, pathNot: ['^(schemas|core|tracing)/', CONTRACT, '^api/deps[.]ts$', NPM] },
    },
    {
      name: 'sqlite-stands-alone',
      severity: 'error',
      from: { path: '^sqlite/' },
      to: { path: ROOM, pathNot: ['^sqlite/', NPM] },
    },
    {
      name: 'the-world-depends-on-contracts',
      comment:
        'Providers, log, store and the rest know each other by contract. providers/facts.ts is data, and store/bounded-map.ts a structure for it.',
      severity: 'error',
      from: { path: `^(${WORLD})/` },
      to: {
        path: ROOM,
        pathNot: ['^(schemas|core|sqlite)/', '^$1/', '^(providers/facts|store/bounded-map)[.]ts$', CONTRACT, NPM],
      },
    },
    {
      name: 'only-the-composition-root-knows-adapters',
      severity: 'error',
      from: {
        path: '^(cli|examples)/',
        pathNot:
          '^cli/house/|^cli/(start|start-temporal|first-start|logger|marks|side-door|projection|events-thread|data-folder)[.]ts$',
      },
      to: {
        path: ROOM,
        pathNot: [
          '^(schemas|core|cli|examples)/',
          '^providers/facts[.]ts$',
          '^projection/rebuild[.]ts$',
          CONTRACT,
          NPM,
        ],
      },
    },
    {
      name: 'the-console-knows-the-api-by-its-document',
      comment: 'And the pure rooms, whose types and rules hold in a browser too.',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: ROOM, pathNot: ['^(schemas|core|console)/', NPM] },
    },
    {
      name: 'pages-of-the-console-know-no-other-pages',
      severity: 'error',
      from: { path: '^console/pages/([^/]+)/' },
      to: { path: '^console/pages/', pathNot: '^console/pages/$1/' },
    },
    {
      name: 'pieces-of-the-console-know-no-pages',
      severity: 'error',
      from: { path: '^console/(parts|client|shell|words)/' },
      to: { path: '^console/(pages/|app|main)' },
    },
    {
      name: 'nothing-imports-the-console',
      severity: 'error',
      from: { pathNot: '^(console|test)/' },
      to: { path: '^console/' },
    },
    {
      name: 'nothing-imports-cli-test-or-bench',
      severity: 'error',
      from: { pathNot: '^(cli|test|bench)/|^worker[.]ts$' },
      to: { path: '^(cli|test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: NPM },
    // The peer's packages are installed by the benchmark, and only then.
    exclude: { path: '^(dist|data|[.]ci|bench/restate)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'types', 'default'] },
  },
};
