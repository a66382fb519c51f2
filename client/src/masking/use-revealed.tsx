import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import type { Reveal } from './reveal-context.ts';
import { RevealDialog } from './RevealDialog.tsx';

interface Revealed<Shown> {
  /** What the office gave without masks; it is in this screen alone, and gone with it. */
  revealed: Shown | undefined;
  reveal: Reveal;
  /** Back to the masks. */
  hide: () => void;
  /** The question for the reason, while it is asked. */
  dialog: ReactNode;
}

/**
 * Shows one thing without masks, for a reason, until its screen is left. `key` says what it is: with another one the
 * masks are back. Nothing of it goes into the cache of answers.
 */
export function useRevealed<Shown>(key: string, ask: (reason: string) => Promise<Shown>): Revealed<Shown> {
  const text = useText();
  const guard = useSessionGuard();
  const blocked = useBlocked('messages.reveal');
  const [held, setHeld] = useState<{ key: string; shown: Shown }>();
  const [isAsking, setAsking] = useState(false);
  const mutation = useMutation({
    mutationFn: (reason: string) => guard(ask(reason)),
    onSuccess: (shown) => {
      setHeld({ key, shown });
      setAsking(false);
    },
    // The answer is held here, not in the cache of mutations.
    gcTime: 0,
    retry: false,
  });
  const revealed = held?.key === key ? held.shown : undefined;
  return {
    revealed,
    reveal: {
      isRevealed: revealed !== undefined,
      blocked,
      ask: () => {
        mutation.reset();
        setAsking(true);
      },
    },
    hide: () => {
      setHeld(undefined);
      mutation.reset();
    },
    dialog: isAsking && (
      <RevealDialog
        title={text('masking.revealTitle')}
        explanation={text('masking.revealText')}
        submit={text('masking.reveal')}
        isBusy={mutation.isPending}
        error={mutation.error}
        onReason={(reason) => {
          mutation.mutate(reason);
        }}
        onClose={() => {
          setAsking(false);
        }}
      />
    ),
  };
}
