const QUOTE = 0x22;
const NEW_LINE = 0x0a;
const LETTER_E = 0x65;

export type ExportFormat = 'csv' | 'ndjson';

/**
 * Counts the messages in an export while its bytes pass by.
 *
 * - CSV: lines that end outside quotes, without the one of the names. A quote in a field is written twice, so counting
 *   quotes is enough.
 * - NDJSON: lines that begin with `{"entry"`; a large body has further lines, `{"of"`. Of what is one a line: all lines.
 */
export class MessageCounter {
  readonly #format: ExportFormat;
  readonly #isOneALine: boolean;
  #lines = 0;
  #messages = 0;
  #quoted = false;
  #column = 0;

  constructor(format: ExportFormat, isOneALine = false) {
    this.#format = format;
    this.#isOneALine = isOneALine;
  }

  get messages(): number {
    return this.#format === 'csv' ? Math.max(this.#lines - 1, 0) : this.#messages;
  }

  take(bytes: Uint8Array): void {
    if (this.#format === 'csv') this.#takeCsv(bytes);
    else this.#takeNdjson(bytes);
  }

  #takeCsv(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      else if (byte === NEW_LINE && !this.#quoted) this.#lines += 1;
    }
  }

  #takeNdjson(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEW_LINE) this.#column = 0;
      else {
        // The third character of a line tells the two apart.
        if (this.#column === 2 && (this.#isOneALine || byte === LETTER_E)) this.#messages += 1;
        this.#column += 1;
      }
    }
  }
}
