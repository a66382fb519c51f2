import { useCallback } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';

/** What an operation does to how many messages; while its selection is being fixed nobody knows how many. */
export function useOperationTitle(): (operation: Operation) => string {
  const text = useText();
  return useCallback(
    ({ action, status, total }) =>
      status === 'preparing'
        ? text('operations.preparingTitle', { action: text(`action.${action}`) })
        : text(`dialog.${action}`, { count: total }),
    [text],
  );
}
