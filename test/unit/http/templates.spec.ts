import { expressTemplate } from '../../../lib/http/express-router.js';

describe('expressTemplate', () => {
  it.each([
    ['/cats', '/cats'],
    ['/cats/:id', '/cats/:id'],
    ['/files/*path', '/files/*'],
    ['/files/{*path}', '/files/*'],
    ['/files{/*path}', '/files/*'],
    ['/{*any}', '/*'],
    ['/a/*one/b/*two', '/a/*/b/*'],
  ])('writes %j as %j', (path, template) => {
    expect(expressTemplate(path)).toBe(template);
  });
});
