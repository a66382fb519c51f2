/** An ISO time as the browser's input takes it: local, without a zone; empty for what is no time. */
export function asLocalInput(value: string | undefined): string {
  if (value === undefined || Number.isNaN(Date.parse(value))) return '';
  const date = new Date(value);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The reverse: a filter's values, none for an empty input. */
export function asIso(local: string): readonly string[] {
  return local === '' ? [] : [new Date(local).toISOString()];
}
