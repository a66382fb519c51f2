import { useMemo, useState } from 'react';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { fromBytes, fromPreview, type BodyContent } from './body-content.ts';

/** What a body is shown from. */
export type BodyOf = Pick<MessageDetail, 'bodyPreview' | 'contentType'> & { bodySize: number };

interface LoadedBody {
  /** Undefined where the contents were removed. */
  content: BodyContent | undefined;
  /** Asks for the whole body where only its beginning is here. */
  loadWhole: () => void;
  isLoading: boolean;
  error: unknown;
}

/** The body of a message: its beginning at first, all of it when it is asked for. `path` is where its bytes are. */
export function useBodyContent({ bodyPreview: preview, contentType }: BodyOf, path: string): LoadedBody {
  const [wanted, setWanted] = useState(false);
  const whole = useOfficeQuery(['body', path], (signal) => office.bytes(path, signal), {
    enabled: wanted,
    staleTime: Infinity,
    // It has no masks: it goes with the screen that asked for it.
    gcTime: 0,
  });
  const content = useMemo<BodyContent | undefined>(
    () => (whole.data ? fromBytes(whole.data, contentType) : preview ? fromPreview(preview, contentType) : undefined),
    [whole.data, preview, contentType],
  );
  return {
    content,
    loadWhole: () => {
      setWanted(true);
    },
    isLoading: whole.isFetching,
    error: whole.error,
  };
}
