import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useBlocker, type BlockerFunction } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { EditGuardContext, type EditGuard, type EditHolder } from './use-unsaved-edits.ts';

/** Where react-admin goes when the session has ended. */
const SIGN_IN = '/login';

/** Asks before a screen is left that holds unsaved edits (`useUnsavedEdits`). One for the console: a router asks once. */
export function UnsavedEditsGuard({ children }: { children: ReactNode }) {
  const text = useText();
  const holders = useRef(new Set<EditHolder>());
  const [asked, setAsked] = useState<{ leave: () => void }>();
  const isBlocking = useCallback<BlockerFunction>(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname &&
      nextLocation.pathname !== SIGN_IN &&
      [...holders.current].some(({ isDirty }) => isDirty),
    [],
  );
  const blocker = useBlocker(isBlocking);
  const guard = useMemo<EditGuard>(
    () => ({
      hold: (holder) => {
        const all = holders.current;
        all.add(holder);
        return () => {
          all.delete(holder);
        };
      },
      askBefore: (leave, holder) => {
        const concerned = (holder ? [holder] : [...holders.current]).filter(({ isDirty }) => isDirty);
        if (concerned.length === 0) {
          leave();
          return;
        }
        setAsked({
          leave: () => {
            for (const one of concerned) one.isDirty = false;
            leave();
          },
        });
      },
    }),
    [],
  );
  const stay = () => {
    setAsked(undefined);
    blocker.reset?.();
  };
  return (
    <EditGuardContext value={guard}>
      {children}
      {(asked !== undefined || blocker.state === 'blocked') && (
        <ConfirmDialog
          title={text('unsaved.title')}
          text={text('unsaved.text')}
          confirm={text('unsaved.discard')}
          cancel={text('unsaved.stay')}
          isBusy={false}
          onConfirm={() => {
            setAsked(undefined);
            asked?.leave();
            blocker.proceed?.();
          }}
          onClose={stay}
        />
      )}
    </EditGuardContext>
  );
}
