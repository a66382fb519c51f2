import { useCallback, useMemo, useState } from 'react';

export interface Selection<T extends { id: string }> {
  ids: string[];
  /** The selected rows as they were last seen, in the order of selection, also those of other pages. */
  records: T[];
  /** Everything that matches is meant, by the filter and not by ids: also what is on no page that was looked at. */
  isWhole: boolean;
  selectWhole: () => void;
  setIds: (ids: string[]) => void;
  toggle: (id: string) => void;
  clear: () => void;
}

/**
 * The selected rows: in memory only, kept while pages are turned, gone when `scope` changes (another filter shows
 * other messages, and nobody acts on what they no longer see).
 *
 * | the selection | is | becomes the other by |
 * |---|---|---|
 * | ids | the rows that were ticked | `selectWhole` |
 * | whole | everything that matches | any un-tick: then it is the rows that were seen ticked, without that one |
 */
export function useSelection<T extends { id: string }>(rows: readonly T[] | undefined, scope: string): Selection<T> {
  const [state, setState] = useState(() => ({ scope, chosen: new Map<string, T>(), isWhole: false }));
  if (state.scope !== scope) setState({ scope, chosen: new Map(), isWhole: false });
  const { isWhole } = state;
  const chosen = useMemo(() => {
    if (!state.isWhole) return state.chosen;
    // Whatever row comes into view is selected too.
    const seen = new Map(state.chosen);
    for (const row of rows ?? []) seen.set(row.id, row);
    return seen;
  }, [state, rows]);

  const setIds = useCallback(
    (ids: string[]) => {
      setState((before) => {
        const known = new Map(before.chosen);
        for (const row of rows ?? []) known.set(row.id, row);
        const next = new Map<string, T>();
        for (const id of ids) {
          const row = known.get(id);
          if (row) next.set(id, row);
        }
        return { ...before, chosen: next, isWhole: false };
      });
    },
    [rows],
  );
  const toggle = useCallback(
    (id: string) => {
      setIds(chosen.has(id) ? [...chosen.keys()].filter((other) => other !== id) : [...chosen.keys(), id]);
    },
    [chosen, setIds],
  );
  const clear = useCallback(() => {
    setIds([]);
  }, [setIds]);
  const selectWhole = useCallback(() => {
    setState((before) => ({ ...before, isWhole: true }));
  }, []);

  return useMemo(() => {
    // A newer answer may say that a selected message is no longer what it was.
    const fresh = new Map((rows ?? []).map((row) => [row.id, row]));
    const records = [...chosen.values()].map((row) => fresh.get(row.id) ?? row);
    return { ids: records.map(({ id }) => id), records, isWhole, selectWhole, setIds, toggle, clear };
  }, [rows, chosen, isWhole, selectWhole, setIds, toggle, clear]);
}
