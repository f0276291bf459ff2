import { parseExposition } from './parse-exposition.js';

const HISTOGRAM = [
  '# HELP h A histogram.',
  '# TYPE h histogram',
  'h_bucket{le="0.5"} 1',
  'h_bucket{le="1.0"} 2',
  'h_bucket{le="+Inf"} 3',
  'h_sum 4.5',
  'h_count 3',
];

const text = (...lines: string[]): string => lines.join('\n') + '\n';

describe('parseExposition', () => {
  it('reads families, labels and values of the text format', () => {
    const body = text(
      '# HELP c_total With \\\\ and \\n.',
      '# TYPE c_total counter',
      'c_total{a="x\\"\\\\\\ny",b=""} 1e+21',
      'c_total{a="{},= ",b="2"} 2',
      '# TYPE g gauge',
      'g -Inf',
    );
    const exposition = parseExposition(body, 'text');
    expect(exposition.families.get('c_total')).toMatchObject({
      type: 'counter',
      help: 'With \\ and \n.',
    });
    expect(exposition.samples.map(({ labels, value }) => ({ labels, value }))).toEqual([
      { labels: { a: 'x"\\\ny', b: '' }, value: 1e21 },
      { labels: { a: '{},= ', b: '2' }, value: 2 },
      { labels: {}, value: -Infinity },
    ]);
    expect(exposition.value('c_total', { a: '{},= ', b: '2' })).toBe(2);
    expect(exposition.value('c_total', { b: '2' })).toBeUndefined();
    expect(exposition.sum('c_total', { b: '2' })).toBe(2);
    expect(exposition.labelValues('c_total', 'b')).toEqual(['', '2']);
  });

  it('reads OpenMetrics with an exemplar', () => {
    const body = text(
      '# TYPE c counter',
      'c_total{a="1"} 2 # {trace="x"} 0.5 1700000000.5',
      '# EOF',
    );
    const [sample] = parseExposition(body, 'openmetrics').samples;
    expect(sample).toMatchObject({ value: 2, exemplar: { labels: { trace: 'x' }, value: 0.5 } });
  });

  it('takes an empty body in both formats', () => {
    expect(parseExposition('', 'text').samples).toEqual([]);
    expect(parseExposition('# EOF\n', 'openmetrics').samples).toEqual([]);
  });

  it('takes parts of a histogram where they were asked for', () => {
    const count = ['# TYPE h histogram', 'h_count 3'];
    expect(() => parseExposition(text(...count), 'text')).toThrow('missing');
    expect(parseExposition(text(...count), 'text', { partial: true }).sum('h_count')).toBe(3);
  });

  it.each<[string, string[]]>([
    ['no TYPE', ['# HELP g Help.']],
    ['a second TYPE', ['# TYPE g gauge', '# TYPE g gauge']],
    ['a second HELP', ['# HELP g A.', '# HELP g B.']],
    ['unknown type', ['# TYPE g gouge']],
    ['metadata after the first sample', ['# TYPE g gauge', 'g 1', '# HELP g A.']],
    ['described before', ['# TYPE g gauge', '# TYPE h gauge', '# HELP g A.']],
    ['not a sample of', ['g 1']],
    ['not a sample of', ['# TYPE g gauge', 'g_total 1']],
    ['too', ['# TYPE h histogram', ...HISTOGRAM.slice(2), '# TYPE h_count gauge', 'h_count 1']],
    ['twice', ['# TYPE g gauge', 'g{a="1",b="2"} 1', 'g{b="2",a="1"} 1']],
    ['twice', ['# TYPE g gauge', 'g{a="1",a="2"} 1']],
    ['a value expected', ['# TYPE g gauge', 'g Nan']],
    ['a label expected', ['# TYPE g gauge', 'g{a="\\x"} 1']],
    ['follows the value', ['# TYPE g gauge', 'g 1 1700000000']],
    ['never negative', ['# TYPE c_total counter', 'c_total -1']],
    ['never NaN', ['# TYPE c_total counter', 'c_total NaN']],
    ['unknown escape', ['# HELP g \\t', '# TYPE g gauge']],
    ['neither HELP, TYPE nor UNIT', ['# a comment']],
    ['a sample name expected', ['# TYPE g gauge', 'g 1', '']],
    ['+Inf', HISTOGRAM.filter((line) => !line.includes('+Inf'))],
    ['_count is not', HISTOGRAM.map((line) => line.replace('count 3', 'count 4'))],
    ['not cumulative', HISTOGRAM.map((line) => line.replace('"0.5"} 1', '"0.5"} 3'))],
    ['do not ascend', HISTOGRAM.map((line) => line.replace('"0.5"', '"2.0"'))],
    ['canonical', HISTOGRAM.map((line) => line.replace('"1.0"', '"1"'))],
    ['canonical', HISTOGRAM.map((line) => line.replace('"1.0"', '"1000000.0"'))],
    ['missing', HISTOGRAM.filter((line) => !line.startsWith('h_sum'))],
    ['outside', ['# TYPE s summary', 's{quantile="1.5"} 1', 's_sum 1', 's_count 1']],
    ['missing', ['# TYPE s summary', 's{quantile="0.5"} 1']],
  ])('says "%s" of a wrong body', (message, lines) => {
    expect(() => parseExposition(text(...lines), 'text')).toThrow(message);
  });

  it('wants the end of an OpenMetrics body', () => {
    expect(() => parseExposition('# TYPE g gauge\ng 1\n', 'openmetrics')).toThrow('# EOF');
    expect(() => parseExposition('g 1# EOF\n', 'openmetrics')).toThrow('line of its own');
    expect(() => parseExposition('# TYPE g gauge\ng 1', 'text')).toThrow('end with');
  });
});
