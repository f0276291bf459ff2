import { nodeBinary } from '../node-binary.mjs';
import { Project } from '../project.mjs';
import { NEST_11, NEST_12, REQUIRED } from './in-one-process.mjs';

export const SUCCESSOR = { 'prom-client': 'npm:@prometheus-io/client@0.16.1' };

/** The lowest that `engines` lets in, and the newest of each line. */
export const VERSIONS = ['20.19.0', '20', '22.12.0', '22', '24', '26'];

/** @type {import('../run.mjs').Check[]} */
export const runtimes = [
  {
    title: `Node.js ${VERSIONS.join(', ')}: no warning is printed`,
    isLong: true,
    run({ directory, library, pick }) {
      const required = { ...pick(...REQUIRED), ...library };
      const nest11 = new Project(directory, 'runtimes-11', { ...NEST_11, ...required });
      const nest12 = new Project(directory, 'runtimes-12', { ...pick(...NEST_12), ...required });
      for (const version of VERSIONS) {
        const node = nodeBinary(directory, version);
        nest11.run('nest-11.cjs', { node });
        nest11.run('mixed.mjs', { node });
        nest12.run('nest-12.mjs', { node });
        nest12.run('mixed.mjs', { node });
      }
    },
  },
  {
    title: 'Node.js without require() of ES modules, as on AWS Lambda',
    isLong: true,
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'lambda', dependencies);
      for (const version of ['20.19.0', '22.12.0']) {
        const flags = ['--no-experimental-require-module'];
        project.run('nest-11.cjs', { node: nodeBinary(directory, version), flags });
      }
    },
  },
  {
    title: 'prom-client by an alias to its successor',
    isLong: true,
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library, ...SUCCESSOR };
      const manifest = { overrides: { 'prom-client': '$prom-client' } };
      const project = new Project(directory, 'client-alias', dependencies, { manifest });
      const node = nodeBinary(directory, '24');
      project.run('nest-11.cjs', { node });
      project.run('mixed.mjs', { node });
    },
  },
];
