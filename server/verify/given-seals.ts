import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import type { GivenSeal } from './verify-record.ts';

/** As the office writes it into its log. */
const IN_A_LOG = /"seal":"(\d{1,19}):([0-9a-f]{64})"/;

/** `SEQ:HMAC`; null where it is neither. */
export function parseSeal(text: string): GivenSeal | null {
  const [, seq, hmac] = /^(\d{1,19}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hmac === undefined ? null : { seq, hmac };
}

/** The seals that log lines name, each once; `-` reads standard input. */
export async function sealsOfLog(path: string): Promise<GivenSeal[]> {
  const input: Readable = path === '-' ? process.stdin : createReadStream(path, 'utf8');
  const seals = new Map<string, GivenSeal>();
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const [, seq, hmac] = IN_A_LOG.exec(line) ?? [];
    if (seq !== undefined && hmac !== undefined) seals.set(`${seq}:${hmac}`, { seq, hmac });
  }
  return [...seals.values()];
}
