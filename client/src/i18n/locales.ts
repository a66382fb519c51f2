/** The languages of the console, in their own names. */
export const LOCALES = [
  { locale: 'en', name: 'English' },
  { locale: 'ko', name: '한국어' },
] as const;
export type LocaleName = (typeof LOCALES)[number]['locale'];

export function isLocaleName(value: unknown): value is LocaleName {
  return LOCALES.some(({ locale }) => locale === value);
}

/** The language that was chosen before, else the browser's first one that we have, else English. */
export function preferredLocale(stored: unknown, browserLanguages: readonly string[]): LocaleName {
  if (isLocaleName(stored)) return stored;
  for (const language of browserLanguages) {
    const base = language.split('-')[0];
    if (isLocaleName(base)) return base;
  }
  return 'en';
}
