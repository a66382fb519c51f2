import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The parts of server/, lowest first: a part imports from its own layer and those before it, never after. */
const layers = [
  ['contract'],
  ['database', 'encryption', 'amqp', 'web', 'diagnosis'],
  ['settings', 'access', 'audit', 'dead-queues', 'messages', 'groups', 'orders', 'saved-views', 'masking'],
  ['intake', 'operations', 'retention'],
  ['timeline', 'stats', 'exports', 'live'],
];

const layerRules = layers.map((folders, layer) => ({
  files: folders.map((folder) => `server/${folder}/**/*.ts`),
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...layers
            .slice(layer + 1)
            .flat()
            .map((folder) => ({
              regex: `^(\\.\\./)+${folder}/`,
              message: `Imports go one way: nothing here may import server/${folder}.`,
            })),
          { regex: '(^|/)office\\.ts$', message: 'Only main.ts and tests import office.ts.' },
        ],
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ['dist', 'node_modules', '.local', 'coverage'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['client/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat.recommended] },
  ...layerRules,
  {
    files: ['client/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'server/(?!contract/)',
              message: 'The client imports server/contract and nothing else of the server.',
            },
          ],
        },
      ],
    },
  },
  { files: ['scripts/**', 'bench/**', 'examples/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
