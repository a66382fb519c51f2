import { createContext, useContext, useEffect, useRef } from 'react';

/** One form; whether it holds edits is read when somebody is about to leave. */
export interface EditHolder {
  isDirty: boolean;
}

export interface EditGuard {
  /** Returns the call that takes it out again. */
  hold: (holder: EditHolder) => () => void;
  /** Asks about these edits, and then leaves; without edits it leaves at once. Undefined: about all that there are. */
  askBefore: (leave: () => void, holder?: EditHolder) => void;
}

/** Without a guard around it (`UnsavedEditsGuard`, in the frame of every screen) nothing is asked. */
export const EditGuardContext = createContext<EditGuard>({
  hold: () => () => undefined,
  askBefore: (leave) => {
    leave();
  },
});

export interface UnsavedEdits {
  /**
   * For what closes the form by the way and not by its own buttons: Escape, a press beside a dialog. Calls `leave` at
   * once where nothing is unsaved; else asks first, and never calls it when the user stays.
   */
  askBefore: (leave: () => void) => void;
  /** The edits are safe: what is done in the same tick (close, navigate) asks nothing. Call it first after saving. */
  forget: () => void;
}

/**
 * Keeps what was typed in a form from being lost by accident. While `dirty`, the console asks before the path of the
 * address changes (not for its search parameters alone) and the browser before the tab is closed or loaded anew. The
 * question is the frame's own; the form renders nothing for it. Several forms may hold edits at a time. A session that
 * ended leaves without a question: nothing could be saved any more.
 *
 *     const { askBefore, forget } = useUnsavedEdits(text !== saved);
 *     onSaved: forget(); void navigate('/messages/7');
 *     <Dialog onClose={() => { askBefore(onClose); }}>
 */
export function useUnsavedEdits(dirty: boolean): UnsavedEdits {
  const guard = useContext(EditGuardContext);
  const holder = useRef<EditHolder>({ isDirty: false });
  useEffect(() => {
    holder.current.isDirty = dirty;
  });
  useEffect(() => guard.hold(holder.current), [guard]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (holder.current.isDirty) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      window.removeEventListener('beforeunload', warn);
    };
  }, [dirty]);
  return {
    askBefore: (leave) => {
      guard.askBefore(leave, holder.current);
    },
    forget: () => {
      holder.current.isDirty = false;
    },
  };
}

/** For an act that ends every form at once (sign out): asks where any of them holds edits. */
export function useAskBeforeLeaving(): (leave: () => void) => void {
  const { askBefore } = useContext(EditGuardContext);
  return askBefore;
}
