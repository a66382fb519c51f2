const formats = new Map<string, Intl.NumberFormat>();

/** A number with the thousands separators of the language. */
export function formatNumber(value: number, locale: string): string {
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.NumberFormat(locale)));
  return format.format(value);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** A size in bytes as a person reads it: `734 B`, `1.5 KiB`, `20 MiB`. */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${UNITS[unit] ?? ''}`;
}
