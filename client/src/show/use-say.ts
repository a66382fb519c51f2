import { useNotify } from 'ra-core';
import { useCallback } from 'react';

import type { TextKey } from '../i18n/texts.ts';
import { OfficeError } from '../api/office-error.ts';

export interface Say {
  /** Says in passing that something is done. */
  done: (key: TextKey, values?: Readonly<Record<string, string>>) => void;
  /** Says in passing that something did not work, where no form is open that could say it. */
  failed: (error: unknown) => void;
}

/** Short notices at the edge of the screen. react-admin translates them, so they are handed over as keys. */
export function useSay(): Say {
  const notify = useNotify();
  const done = useCallback<Say['done']>(
    (key, values = {}) => {
      notify(key, { type: 'success', messageArgs: values });
    },
    [notify],
  );
  const failed = useCallback<Say['failed']>(
    (error) => {
      const key: TextKey = error instanceof OfficeError ? `errors.${error.code}` : 'fault.screenTitle';
      notify(key, { type: 'error', messageArgs: error instanceof OfficeError ? { status: String(error.status) } : {} });
    },
    [notify],
  );
  return { done, failed };
}
