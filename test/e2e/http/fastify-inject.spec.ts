import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseExposition } from '../../support/parse-exposition.js';
import { recorded } from '../support/recorded.js';

const SCRIPT = join(import.meta.dirname, '../support/inject.mjs');

describe('inject() of Fastify', () => {
  it.each([
    {
      groupBy: 'path',
      durations: {
        'GET /cats/1 200': 2,
        'GET /cats/2 200': 1,
        'GET /cats/throws 500': 1,
        'GET /nowhere 404': 1,
        'POST /cats/1 400': 1,
      },
    },
    {
      groupBy: 'route',
      durations: {
        'GET /cats/:id 200': 3,
        'GET /cats/throws 500': 1,
        'GET unmatched 404': 1,
        'POST unmatched 400': 1,
      },
    },
  ])('requests are counted, by $groupBy', async ({ groupBy, durations }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, groupBy]);
    expect(recorded(parseExposition(stdout, 'text'))).toEqual({
      durations,
      totals: { 'GET 200': 3, 'GET 500': 1, 'GET 404': 1, 'POST 400': 1 },
      exceptions: { 'GET 500': 1 },
    });
  });
});
