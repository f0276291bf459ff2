import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { CATALOGUE, GROUP_LABEL } from '../../lib/core/catalogue.js';
import { lineOf, otherPages, pageOf, pages } from './pages.js';

describe('metrics', () => {
  it('are all on their page, with type and labels, and no others', () => {
    const rows = [
      ...pageOf('docs/metrics.md').text.matchAll(/^\| `(\w+)` *\|([^|]*)\|([^|]*)\|/gm),
    ];
    const listed = rows.map(([, name, type, labels]) => ({
      name,
      type: type?.trim(),
      labels: [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }));
    expect(listed).toEqual(
      Object.values(CATALOGUE).map(({ name, type, labels }) => ({
        name: `nestjs_${name}`,
        type,
        labels: labels.map((label) => (label === GROUP_LABEL ? 'path' : label)),
      })),
    );
  });
});

describe('examples that Prometheus reads', () => {
  it('are PromQL', () => {
    const expressions = [...pages, ...otherPages].flatMap(({ path, text }) =>
      [...text.matchAll(/^\| question *\| PromQL.*\n.*\n((?:\|.*\n)+)/gm)].flatMap((table) =>
        [...(table[1] ?? '').matchAll(/`([^`]+)` *\|$/gm)].map((match) => ({
          place: `${path}:${lineOf(text, table.index)}`,
          expression: (match[1] as string).replaceAll('\\|', '|'),
        })),
      ),
    );
    expect(expressions.length).toBeGreaterThan(5);
    expect(expressions.filter(({ expression }) => !isPromQL(expression))).toEqual([]);
  });

  it('are YAML', () => {
    const documents = [...pages, ...otherPages].flatMap(({ text }) =>
      [...text.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map(([, yaml]) => yaml as string),
    );
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) expect(parse(document)).toBeInstanceOf(Object);
  });
});

function isPromQL(expression: string): boolean {
  let isRight = true;
  parser.parse(expression).iterate({
    enter: ({ type }) => {
      if (type.isError) isRight = false;
    },
  });
  return isRight;
}
