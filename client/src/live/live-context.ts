import { createContext, useContext } from 'react';

/**
 * How the screens keep themselves up to date.
 *
 * | live | connected | lists | operations |
 * |---|---|---|---|
 * | yes | yes | ask every few seconds, and at once when somebody changed something | by the event stream, asked now and then |
 * | yes | no | ask every few seconds | asked every second or two |
 * | no | no | stand still | only those that the user looks at are asked |
 *
 * The rows of the list of messages change where they stand; none comes, goes or moves by itself.
 */
export interface Live {
  live: boolean;
  setLive: (live: boolean) => void;
  /** Whether the event stream is open. */
  connected: boolean;
}

export const LiveContext = createContext<Live>({ live: false, setLive: () => undefined, connected: false });

export function useLive(): Live {
  return useContext(LiveContext);
}

/** The polling interval of a list: none while the user has paused. */
export function usePolling(milliseconds: number): number | false {
  return useLive().live ? milliseconds : false;
}
