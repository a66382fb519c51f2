import type { RowDataPacket } from 'mysql2';
import mysql from 'mysql2/promise';

/** The columns of all tables of a database that hold these bytes anywhere, as `table.column`, in order. */
export async function columnsWith(databaseUrl: string, marker: string): Promise<string[]> {
  const connection = await mysql.createConnection(databaseUrl);
  try {
    const [columns] = await connection.query<RowDataPacket[]>(
      `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND DATA_TYPE REGEXP 'char|text|blob|binary|json' ORDER BY t, c`,
    );
    const found: string[] = [];
    for (const { t, c } of columns as { t: string; c: string }[]) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT 1 FROM \`${t}\` WHERE LOCATE(?, CAST(\`${c}\` AS BINARY)) > 0 LIMIT 1`,
        [Buffer.from(marker)],
      );
      if (rows.length > 0) found.push(`${t}.${c}`);
    }
    return found;
  } finally {
    await connection.end();
  }
}
