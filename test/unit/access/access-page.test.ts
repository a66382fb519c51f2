import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PERMISSIONS } from '../../../server/contract/access.ts';

describe('The page about access', () => {
  it('has each permission with the least role that the code asks for', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/access.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+\.\w+)` +\| (\w+) +\|/gm)].map(([, name, role]) => [name, role]);
    expect(rows).toEqual(Object.entries(PERMISSIONS));
  });
});
