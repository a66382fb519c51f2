import type { TranslationMessages } from 'ra-core';

import type { LocaleName } from './locales.ts';

/** The texts of one language: ours and react-admin's own. Only the language in use is downloaded. */
export async function loadTexts(locale: LocaleName): Promise<TranslationMessages> {
  if (locale === 'ko') {
    const [{ ko }, { frameworkKo }] = await Promise.all([import('./ko.ts'), import('./framework-ko.ts')]);
    return { ...frameworkKo, ...ko };
  }
  const [{ en }, { frameworkEn }] = await Promise.all([import('./en.ts'), import('./framework-en.ts')]);
  return { ...frameworkEn, ...en };
}
