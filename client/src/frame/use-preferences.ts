import { useLocaleState, useStore } from 'ra-core';

import { LOCALES, type LocaleName } from '../i18n/locales.ts';
import { useText } from '../i18n/use-text.ts';
import type { Choice } from './ChoiceMenu.tsx';

interface Preference<T extends string> {
  value: T;
  choices: readonly Choice<T>[];
  onChoose: (value: T) => void;
}

/** The language of the console, kept in the browser. */
export function useLanguage(): Preference<LocaleName> {
  const [locale, setLocale] = useLocaleState();
  return {
    value: locale as LocaleName,
    choices: LOCALES.map(({ locale: value, name: label }) => ({ value, label })),
    onChoose: (chosen) => {
      setLocale(chosen);
      document.documentElement.lang = chosen;
    },
  };
}

export type Appearance = 'system' | 'light' | 'dark';

/** Light or dark. Without a choice the system's own setting counts, also when it changes. */
export function useAppearance(): Preference<Appearance> {
  const text = useText();
  const [stored, store] = useStore<'light' | 'dark' | undefined>('theme');
  return {
    value: stored ?? 'system',
    choices: [
      { value: 'system', label: text('frame.themeSystem') },
      { value: 'light', label: text('frame.themeLight') },
      { value: 'dark', label: text('frame.themeDark') },
    ],
    onChoose: (chosen) => {
      store(chosen === 'system' ? undefined : chosen);
    },
  };
}
