import { useDeferredValue } from 'react';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import type { NewOperation, OperationPreview, Target } from '../../../../server/contract/schemas/operations.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';

/**
 * What the office and the broker say of a resend before it is started: whether its exchanges exist, and what of it
 * cannot be sent. Undefined until the answer is there, and where none comes: nothing depends on it.
 */
export function usePreview(
  messages: readonly Message[],
  target: Target,
  included: { possibleDuplicates: boolean; inexact: boolean },
): OperationPreview | undefined {
  // What is being typed is asked about when the typing pauses.
  const asked = useDeferredValue(JSON.stringify(requestFor(messages, target, included)));
  const answer = useOfficeQuery(
    ['operations', 'preview', asked],
    (signal) => office.previewOperation(JSON.parse(asked) as NewOperation, signal),
    { enabled: messages.length > 0, staleTime: 10_000 },
  );
  return answer.data;
}

function requestFor(
  messages: readonly Message[],
  target: Target,
  included: { possibleDuplicates: boolean; inexact: boolean },
): NewOperation {
  const request: NewOperation = { action: 'resend', selection: { ids: messages.map(({ id }) => id) }, target };
  if (included.possibleDuplicates) request.includePossibleDuplicates = true;
  if (included.inexact) request.sendInexact = true;
  return request;
}
