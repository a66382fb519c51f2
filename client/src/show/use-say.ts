import { useNotify } from 'ra-core';
import { useCallback } from 'react';

import type { TextKey } from '../i18n/texts.ts';
import { useText } from '../i18n/use-text.ts';
import { meaningOf } from './ActFault.tsx';
import { useFaultText } from './use-fault-text.ts';

export interface Say {
  /** Says in passing that something is done. */
  done: (key: TextKey, values?: Readonly<Record<string, string>>) => void;
  /**
   * Says in passing that an act did not work, where no form is open that could say it, and what became of the act: that
   * nothing was changed, or that nobody knows.
   */
  failed: (error: unknown) => void;
  /** The same where it means something else. */
  failedWith: (error: unknown, meaning: TextKey) => void;
}

/** Short notices at the edge of the screen. react-admin translates them, so they are handed over as keys. */
export function useSay(): Say {
  const notify = useNotify();
  const text = useText();
  const faultText = useFaultText();
  const done = useCallback<Say['done']>(
    (key, values = {}) => {
      notify(key, { type: 'success', messageArgs: values });
    },
    [notify],
  );
  const failedWith = useCallback<Say['failedWith']>(
    (error, meaning) => {
      const said = `${faultText(error).what} ${text(meaning)}`;
      // Already in the reader's words: not to be translated again.
      notify(said, { type: 'error', messageArgs: { _: said } });
    },
    [notify, text, faultText],
  );
  const failed = useCallback<Say['failed']>(
    (error) => {
      failedWith(error, meaningOf(error));
    },
    [failedWith],
  );
  return { done, failed, failedWith };
}
