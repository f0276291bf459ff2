/**
 * Prints, as JSON, what ESLint with the strictest rules that need types says of the files in a
 * folder. A process of its own: ESLint and the compiler are much slower inside Jest.
 *
 * Usage: node lint-examples.mjs <folder>
 */
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const [folder] = process.argv.slice(2);
const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  overrideConfig: [
    ...tseslint.configs.strictTypeChecked,
    {
      languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: folder } },
      rules: {
        // Every module of Nest would be one.
        '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      },
    },
  ],
});
const results = await eslint.lintFiles(['*.ts']);
console.log(
  JSON.stringify(
    results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, ruleId, message }) => ({ file: filePath, line, ruleId, message })),
    ),
  ),
);
