import type { Database } from '../../server/database/connect.ts';

/**
 * Copies every table with its rows, as a restored dump has them: there is no dump program in every test environment. The
 * target is an empty database on the same server.
 */
export async function copyDatabase(from: Database, to: Database): Promise<void> {
  const nameOf = async (database: Database) => {
    const [[row]] = (await database.raw('SELECT DATABASE() AS name')) as [[{ name: string }]];
    return row.name;
  };
  const [source, target] = [await nameOf(from), await nameOf(to)];
  const [tables] = (await from.raw(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
    [source],
  )) as [{ name: string }[]];
  for (const { name } of tables) {
    await to.raw('CREATE TABLE ??.?? LIKE ??.??', [target, name, source, name]);
    await to.raw('INSERT INTO ??.?? SELECT * FROM ??.??', [target, name, source, name]);
  }
}
