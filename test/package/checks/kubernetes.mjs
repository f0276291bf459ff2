import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { Project } from '../project.mjs';

const page = join(import.meta.dirname, '../../../docs/kubernetes.md');

/** The published schemas, with the types that are made from them. */
const MODELS = {
  'kubernetes-models': '5.1.0',
  '@kubernetes-models/prometheus-operator': '6.0.0',
  '@kubernetes-models/keda': '2.0.0',
};

/** By the group of an `apiVersion`, the package that has it. */
const PACKAGES = /** @type {Record<string, string>} */ ({
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'keda.sh': '@kubernetes-models/keda',
});

/** @typedef {Record<string, any>} Json */

/** What stands on the page as a part, by its first key, in a whole. */
const PARTS = /** @type {Record<string, (part: Json) => Json | undefined>} */ ({
  ports: ({ ports }) => pod({ containers: [{ name: 'shop', image: 'shop', ports }] }),
  spec: ({ spec }) => pod({ containers: [], ...spec }),
  volumes: ({ volumes }) => pod({ containers: [], volumes }),
  podMetricsEndpoints: (part) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: 'shop' },
    spec: { selector: {}, ...part },
  }),
  // Values of the chart of prometheus-adapter: there is no schema of them.
  rules: () => undefined,
});

/** @param {Json} spec */
function pod(spec) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shop' }, spec };
}

/** @returns {Json[]} every object of the page, parts made whole */
function objects() {
  const fences = readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms);
  return [...fences].flatMap(([, text = '']) =>
    parseAllDocuments(text).flatMap((document) => {
      assert.deepEqual([...document.errors, ...document.warnings], [], text);
      const object = document.toJS();
      if (object.apiVersion !== undefined) return [object];
      const whole = PARTS[Object.keys(object)[0] ?? ''];
      assert.ok(whole, `a part that is not known:\n${text}`);
      const made = whole(object);
      return made === undefined ? [] : [made];
    }),
  );
}

/** @param {Json} object where its model is imported from */
function moduleOf({ apiVersion, kind }) {
  const [group] = apiVersion.split('/');
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/** @type {import('../run.mjs').Check[]} */
export const kubernetes = [
  {
    title:
      'the objects of docs/kubernetes.md, by the schemas of Kubernetes, of the operator and of KEDA',
    async run({ directory }) {
      const project = new Project(directory, 'kubernetes', MODELS);
      const all = objects();
      assert.ok(all.length >= 10);
      for (const object of all) {
        const file = join(project.directory, 'node_modules', `${moduleOf(object)}.js`);
        const models = await import(pathToFileURL(file).href);
        new models[object.kind](object).validate();
      }
      // Schemas allow what they do not know; types do not.
      assert.deepEqual(typeErrors(project.directory, all), []);
      const [{ spec, ...rest }] = /** @type {[Json]} */ (
        all.filter(({ kind }) => kind === 'PodMonitor')
      );
      assert.notDeepEqual(
        typeErrors(project.directory, [{ ...rest, spec: { ...spec, selectors: {} } }]),
        [],
      );
    },
  },
];

/** @param {string} directory @param {Json[]} all */
function typeErrors(directory, all) {
  const text = all
    .map(
      (object, index) =>
        `import { I${object.kind} as Type${index} } from '${moduleOf(object)}';
        export const object${index}: Type${index} = ${JSON.stringify(object)};`,
    )
    .join('\n');
  const file = join(directory, 'objects.ts');
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
