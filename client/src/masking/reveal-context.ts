import { createContext, useContext } from 'react';

/** Whether what is on the screen is shown without masks, and the way to that. */
export interface Reveal {
  isRevealed: boolean;
  /** Why this user may not. */
  blocked: string | undefined;
  /** Asks for the reason. */
  ask: () => void;
}

/** Undefined around what is never masked. */
export const RevealContext = createContext<Reveal | undefined>(undefined);

export function useReveal(): Reveal | undefined {
  return useContext(RevealContext);
}
