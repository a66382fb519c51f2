import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { stringify } from 'csv-stringify';
import type { Response } from 'express';

export type CsvRow = readonly (string | number | null)[];

interface Table {
  /** Without its ending; of ours, or made safe: it becomes a file on somebody's disk. */
  fileName: string;
  columns: readonly string[];
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>;
}

/**
 * Streams a table as an attachment. Texts that a spreadsheet would take for a formula are escaped. A table that breaks
 * off ends the connection: nobody takes the part for the whole.
 */
export async function sendCsv(response: Response, { fileName, columns, rows }: Table): Promise<void> {
  response.status(200).set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${fileName}.csv"`,
  });
  await pipeline(
    Readable.from(rows),
    stringify({ header: true, columns: [...columns], bom: true, cast: { string: asText } }),
    response,
  );
}

/**
 * What a spreadsheet takes for a formula, also behind what it leaves off or does not show, and in full width:
 * https://owasp.org/www-community/attacks/CSV_Injection.
 */
const FORMULA = /^(?:[\s\p{C}]*[=+\-@|\uFF1D\uFF0B\uFF0D\uFF20\uFF5C]|[\t\r\n])/u;

function asText(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}
