const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `03:10:42` on the same day, `Nov 21, 03:10` in the same year, with the year otherwise. In local time. */
export function shortTime(at: Date, now: Date, locale: string): string {
  if (at.toDateString() === now.toDateString()) {
    return format(locale, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
      at,
    );
  }
  const dayAndTime = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  if (at.getFullYear() === now.getFullYear()) return format(locale, 'day', dayAndTime).format(at);
  return format(locale, 'year', { year: 'numeric', ...dayAndTime }).format(at);
}

/** `03:00` on the same day, `Nov 21, 03:00` otherwise: for the beginning of an hour. In local time. */
export function minuteTime(at: Date, now: Date, locale: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  if (at.toDateString() === now.toDateString()) return format(locale, 'minute', clock).format(at);
  return format(locale, 'day', { month: 'short', day: 'numeric', ...clock }).format(at);
}

/** As `shortTime`, but within half a day always the clock: for where "25 minutes ago" stands beside it. */
export function clockTime(at: Date, now: Date, locale: string): string {
  return shortTime(at, Math.abs(now.getTime() - at.getTime()) < DAY / 2 ? at : now, locale);
}

/** The whole time with seconds and the zone's name, in local time. */
export function exactLocalTime(at: Date, locale: string): string {
  return format(locale, 'exact', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(at);
}

/** `2026-11-22 16:18:00.000 +09:00`: local, exact, the same in every language; for records. */
export function recordTime(at: Date): string {
  const offset = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + offset * MINUTE).toISOString().replace('T', ' ').replace('Z', '');
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local} ${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}

/** `2026-11-22 07:18:00.000 UTC`, for comparing with logs. */
export function exactUtcTime(at: Date): string {
  return `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** `4min ago` in the language; undefined under ten seconds, where the caller says "just now". */
export function relativeTime(at: Date, now: Date, locale: string): string | undefined {
  const passed = now.getTime() - at.getTime();
  const size = Math.abs(passed);
  if (size < 10_000) return undefined;
  const relative = new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'always' });
  const say = (unit: Intl.RelativeTimeFormatUnit, length: number) =>
    relative.format(-Math.trunc(passed / length), unit);
  if (size < MINUTE) return say('second', 1000);
  if (size < HOUR) return say('minute', MINUTE);
  if (size < DAY) return say('hour', HOUR);
  return say('day', DAY);
}

/** A length of time: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function span(milliseconds: number, locale: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day', digits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (milliseconds < 10_000) return unit(milliseconds / 1000, 'second', 1);
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return unit(seconds, 'second');
  // A part that is nothing is not said: `5 min`.
  const two = (first: string, rest: number, name: 'second' | 'minute' | 'hour') =>
    rest === 0 ? first : `${first} ${unit(rest, name)}`;
  if (seconds < 3600) return two(unit(Math.floor(seconds / 60), 'minute'), seconds % 60, 'second');
  const minutes = Math.floor(seconds / 60);
  if (seconds < 86_400) return two(unit(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
  return two(unit(Math.floor(seconds / 86_400), 'day'), Math.floor(seconds / 3600) % 24, 'hour');
}

/** A guess of a length of time, to whole seconds, and to five of them from ten on. */
export function roughSpan(milliseconds: number, locale: string): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return span((seconds < 10 ? seconds : Math.ceil(seconds / 5) * 5) * 1000, locale);
}
