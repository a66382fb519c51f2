import { useDeferredValue } from 'react';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import type { OperationPreview, Target } from '../../../../server/contract/schemas/operations.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';

/**
 * What the office and the broker say of a resend before it is started: whether its exchanges exist, and what of it
 * cannot be sent. Undefined until the answer is there, and where none comes: nothing depends on it.
 */
export function usePreview(
  messages: readonly Message[],
  target: Target,
  includePossibleDuplicates: boolean,
): OperationPreview | undefined {
  // What is being typed is asked about when the typing pauses.
  const asked = useDeferredValue(JSON.stringify([target, includePossibleDuplicates, messages.map(({ id }) => id)]));
  const answer = useOfficeQuery(
    ['operations', 'preview', asked],
    (signal) => {
      const [chosen, include, ids] = JSON.parse(asked) as [Target, boolean, string[]];
      const request = { action: 'resend' as const, selection: { ids }, target: chosen };
      return office.previewOperation(include ? { ...request, includePossibleDuplicates: true } : request, signal);
    },
    { enabled: messages.length > 0, staleTime: 10_000 },
  );
  return answer.data;
}
