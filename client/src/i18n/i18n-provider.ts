import type { I18nProvider, TranslationMessages } from 'ra-core';
import polyglotI18nProvider from 'ra-i18n-polyglot';

import { loadTexts } from './load-texts.ts';
import { isLocaleName, LOCALES, type LocaleName } from './locales.ts';

/** Translations for react-admin and for us. The first language is loaded by the caller, the others when chosen. */
export function createI18nProvider(initial: LocaleName, texts: TranslationMessages): I18nProvider {
  return polyglotI18nProvider(
    (locale) => (locale === initial || !isLocaleName(locale) ? texts : loadTexts(locale)),
    initial,
    [...LOCALES],
  );
}
