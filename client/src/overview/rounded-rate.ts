const formats = new Map<string, Intl.NumberFormat>();

/** A rate as a person reads it: `0`, `<0.1`, `3.2`, `1,204`. */
export function roundedRate(rate: number, locale: string): string {
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })));
  if (rate > 0 && rate < 0.1) return `<${format.format(0.1)}`;
  return format.format(rate < 10 ? rate : Math.round(rate));
}
