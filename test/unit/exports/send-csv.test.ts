import express from 'express';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { sendCsv } from '../../../server/exports/send-csv.ts';

/** Each is a formula, or becomes one in some spreadsheet: behind white space, in full width, behind what nobody sees. */
const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  '|cmd',
  ' =1',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  '＋1',
  '－1',
  '＠a',
].concat(['\u00a0=1', '\ufeff=1', '\u200b=1', '\u0000=1', '\u202e=1', '\tx', '=HYPERLINK("http://evil.invalid")']);
const TEXTS = ['ORD-1', 'a=b', '한글', '"quoted"', '', '1'];

describe('A table for a spreadsheet', () => {
  it('has no formula in it, and every other text as it is', async () => {
    const app = express().get('/', async (_request, response) => {
      await sendCsv(response, {
        fileName: 'a',
        columns: ['text', 'number'],
        rows: [...FORMULAS, ...TEXTS].map((text) => [text, -1]),
      });
    });
    const { text: csv } = await supertest(app).get('/').expect(200);
    const quoted = (text: string) =>
      /["\r\n]/.test(text) || text.startsWith("'\ufeff") ? `"${text.replaceAll('"', '""')}"` : text;
    for (const text of FORMULAS) expect(csv.replaceAll('"', '')).toContain(`\n'${text.replaceAll('"', '')},-1`);
    for (const text of TEXTS) expect(csv).toContain(`\n${quoted(text)},-1`);
  });
});
