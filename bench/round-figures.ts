/** What one contender did in one round. */
export interface Round {
  /** Messages per second. */
  rate: number;
  /** CPU time of the contender's process within the round, in s; null when it is not a process of ours. */
  cpuSeconds: number | null;
  /** Highest resident memory of that process within the round, in MiB; likewise. */
  peakMiB: number | null;
}

/** The middle of the sorted numbers; of an even count the mean of the two. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** By linear interpolation. NaN of nothing. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** One line of a table of contenders. `rounds` and `beside` belong together index by index. */
export function contenderRow(
  name: string,
  messages: number,
  rounds: readonly Round[],
  besides: readonly (readonly Round[])[],
): string[] {
  const rates = rounds.map(({ rate }) => rate);
  const cpu = rounds.flatMap(({ cpuSeconds }) => (cpuSeconds === null ? [] : [(cpuSeconds / messages) * 10_000]));
  const peaks = rounds.flatMap(({ peakMiB }) => peakMiB ?? []);
  return [
    name,
    whole(messages),
    rounds.length === 0 ? '–' : whole(median(rates)),
    rounds.length === 0 ? '–' : `${whole(Math.min(...rates))} … ${whole(Math.max(...rates))}`,
    ...besides.map((others) => ratio(rounds, others)),
    cpu.length === 0 ? '–' : median(cpu).toFixed(1),
    peaks.length === 0 ? '–' : whole(Math.max(...peaks)),
  ];
}

/** The median of the rounds' own ratios: what slowed the machine down in a round slowed down both. */
function ratio(rounds: readonly Round[], others: readonly Round[]): string {
  if (rounds === others) return '1';
  const ratios = rounds.flatMap(({ rate }, index) => {
    const other = others[index];
    return other === undefined ? [] : [rate / other.rate];
  });
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
}

export function whole(number: number): string {
  return Math.round(number)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Prints a Markdown table whose columns line up. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  console.log(`\n${title}\n`);
  console.log(line(head));
  console.log(`|${widths.map((width, column) => `${'-'.repeat(width + 1)}${column === 0 ? '-' : ':'}`).join('|')}|`);
  for (const row of rows) console.log(line(row));
}
