import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const TABLES = 'audit_(events|seals|event_orders)';
/** A chain of the query builder on one of the tables, up to its end. */
const CHAIN = new RegExp(`\\(\\s*['"\`]${TABLES}\\b[^;]*`, 'g');
const CHANGES = /\.(update|delete|del|truncate|increment|decrement|merge|forUpdate|forShare|upsert)\(/;
const STATEMENT = new RegExp(
  `\\b(UPDATE|DELETE\\s+FROM|DELETE\\s+\\w+\\s+FROM|TRUNCATE(\\s+TABLE)?|REPLACE\\s+INTO|DROP\\s+TABLE(\\s+IF\\s+EXISTS)?)\\s+\`?${TABLES}`,
  'i',
);

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

function changing(code: string): string[] {
  const chains = code.match(CHAIN) ?? [];
  return [...chains.filter((chain) => CHANGES.test(chain)), ...(STATEMENT.exec(code) ?? [])];
}

describe('The audit record', () => {
  it('is only ever added to, by any line of ours', () => {
    const files = [...sources('server'), ...sources('migrations')];
    const naming = files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').includes('audit_events'));
    expect(naming.length).toBeGreaterThan(3);
    const found = files.flatMap((file) =>
      changing(readFileSync(path.join(ROOT, file), 'utf8')).map((line) => `${file}: ${line}`),
    );
    expect(found).toEqual([]);
  });

  it('would be told of a line that changes it', () => {
    for (const line of [
      "await database('audit_events')\n  .where({ id })\n  .update({ kind });",
      "void database('audit_seals').delete();",
      "database.raw('DELETE FROM audit_events WHERE id = 1');",
      'database.raw(`UPDATE `audit_events` SET kind = 1`);',
    ]) {
      expect(changing(line), line).not.toEqual([]);
    }
    expect(changing("await database('audit_events').insert(row); await database('users').delete();")).toEqual([]);
  });
});
