import { lazy, Suspense } from 'react';

import type { ActDialogProps } from './ActDialog.tsx';

const ActDialog = lazy(async () => ({ default: (await import('./ActDialog.tsx')).ActDialog }));

/** The dialog of an act, downloaded when the first one is opened. */
export function LazyActDialog(props: ActDialogProps) {
  return (
    <Suspense fallback={null}>
      <ActDialog {...props} />
    </Suspense>
  );
}
