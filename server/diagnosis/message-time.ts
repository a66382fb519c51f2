/** MySQL's DATETIME(3): the years 1000 to 9999, in ms since 1970. */
const EARLIEST = Date.UTC(1000, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Unix times from here on are milliseconds: as seconds they would lie past the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000n;

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?))?)?$/;

/** The time, or null where MySQL could not hold it. */
function storableTime(milliseconds: number): Date | null {
  return milliseconds >= EARLIEST && milliseconds <= LATEST ? new Date(milliseconds) : null;
}

/** Seconds since 1970 by the AMQP standard, or milliseconds as some publishers write them, as decimal digits. */
export function dateFromUnixTime(digits: string): Date | null {
  if (!/^\d{1,20}$/.test(digits)) return null;
  const value = BigInt(digits);
  return storableTime(Number(value < FIRST_MILLISECONDS ? value * 1000n : value));
}

/**
 * ISO-8601 as workers write it: date, or date and time with up to nine digits of fraction (cut to ms) and a zone;
 * without a zone it is UTC. Null for anything else, and for days that do not exist.
 */
export function parseTime(text: string): Date | null {
  const match = ISO_8601.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? '0'));
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
  const offset = offsetMinutes(match[8]);
  return offset === null ? null : storableTime(date.getTime() - offset * 60_000);
}

function offsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 18 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
