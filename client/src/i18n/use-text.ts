import { useLocale, useTranslate } from 'ra-core';
import { useCallback } from 'react';

import { formatNumber } from '../show/numbers.ts';
import type { TextKey } from './texts.ts';

export interface TextArguments {
  /** Chooses singular or plural, and is `%{n}` in the text. */
  count?: number;
  [name: string]: string | number | undefined;
}
export type Text = (key: TextKey, values?: TextArguments) => string;

/** The translate function with our keys checked by the compiler and numbers written in the language. */
export function useText(): Text {
  const translate = useTranslate();
  const locale = useLocale();
  return useCallback(
    (key, values = {}) => {
      const { count, ...rest } = values;
      const written: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(rest)) {
        if (value !== undefined) written[name] = typeof value === 'number' ? formatNumber(value, locale) : value;
      }
      if (count === undefined) return translate(key, written);
      return translate(key, { ...written, n: formatNumber(count, locale), smart_count: count });
    },
    [translate, locale],
  );
}
