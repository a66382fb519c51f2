/** Whether messages are being taken in, or resent, when the fault comes. */
export type Side = 'intake' | 'operations';
export type QueueType = 'classic' | 'quorum';

/** What one fault has done. */
export interface LedgerRow {
  fault: string;
  side: Side;
  queueType: QueueType;
  messages: number;
  lost: number;
  doubled: number;
  marked: number;
  /** Resends that ended `unknown`, and were decided by hand. */
  unknown: number;
  /** From the end of the fault until everything was where it belongs, in seconds; null: it was not, in time. */
  seconds: number | null;
  /** What is to be known of how the fault was made, or what is wrong. */
  note: string;
}

export function holds({ lost, doubled, seconds }: LedgerRow): boolean {
  return lost === 0 && doubled === 0 && seconds !== null;
}

const HEADINGS = ['fault', 'side', 'queues', 'messages', 'lost', 'doubled', 'marked', 'unknown', 'recovered after'];

/** The table in Markdown, columns in line. */
export function toMarkdown(rows: readonly LedgerRow[]): string {
  const cells = rows.map((row) => [
    row.fault,
    row.side,
    row.queueType,
    String(row.messages),
    String(row.lost),
    String(row.doubled),
    String(row.marked),
    row.side === 'intake' ? '–' : String(row.unknown),
    row.seconds === null ? 'not in time' : `${row.seconds.toFixed(1)} s`,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
