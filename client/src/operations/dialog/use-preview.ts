import { useDeferredValue } from 'react';

import type { OperationPreview, PreviewedOperation } from '../../../../server/contract/schemas/operations.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';

export interface Preview {
  /** Undefined until the first answer is there, and where none comes. */
  answer: OperationPreview | undefined;
  /** The answer is to what is asked now, and no newer one is on its way. */
  isCurrent: boolean;
  error: Error | null;
  askAgain: () => void;
}

/** What the office and the broker say of an operation before it is started. Null asks nothing. */
export function usePreview(request: PreviewedOperation | null): Preview {
  const now = JSON.stringify(request);
  // What is being typed is asked about when the typing pauses.
  const asked = useDeferredValue(now);
  const { data, error, isFetching, isPlaceholderData, refetch } = useOfficeQuery(
    ['operations', 'preview', asked],
    (signal) => office.previewOperation(JSON.parse(asked) as PreviewedOperation, signal),
    { enabled: request !== null, staleTime: 10_000, refetchOnWindowFocus: false, keepPrevious: true },
  );
  return {
    answer: data,
    isCurrent: data !== undefined && error === null && asked === now && !isFetching && !isPlaceholderData,
    error,
    askAgain: () => {
      void refetch();
    },
  };
}
