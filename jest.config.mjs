/**
 * Native ESM: run it through `npm test`, or with `NODE_OPTIONS=--experimental-vm-modules npx jest`.
 *
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/build/'],
  moduleNameMapper: {
    '^nestjs-prometheus-exporter$': '<rootDir>/lib/index.ts',
    // `./x.js` names `x.ts` in TypeScript sources and `x.js` in packages: the file that is there.
    '^(\\.{1,2}/.+)\\.js$': ['$1.js', '$1.ts'],
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          // As tsconfig.json says it, so that tests run what the build compiles.
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
            verbatimModuleSyntax: true,
          },
        },
      },
    ],
  },
  maxWorkers: 2,
  // For the slowest: ten thousand runs of a property, while the machine does something else as well.
  testTimeout: 60_000,
};
