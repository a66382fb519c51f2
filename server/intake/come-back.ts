import { OFFICE_HEADER } from '../amqp/publisher.ts';
import type { Transaction } from '../database/connect.ts';
import type { NewDeath } from '../messages/arrivals-store.ts';
import { judgeReturns, type ReturnedDeath } from '../messages/come-back-store.ts';
import { readResendMark, type Installation, type ResendMark } from '../messages/resend-mark.ts';

import { failedMessage, type Arrival } from './arrival.ts';

/** An arrival that is a new death. */
export interface FreshArrival {
  arrival: Arrival;
  possibleDuplicateOf: string | null;
}

/**
 * Tells the first deaths of new messages from further deaths of messages that were resent and came back, and says in
 * each death which message it is one of. A mark that is not ours, or from before a restored backup, is just a header.
 *
 * @param deaths with their ids, in the order of `fresh`.
 */
export async function tellReturns(
  transaction: Transaction,
  installation: Installation,
  fresh: readonly FreshArrival[],
  deaths: readonly NewDeath[],
): Promise<{ firsts: NewDeath[]; returned: ReturnedDeath[] }> {
  const marked = fresh.flatMap(({ arrival }, index) => {
    const [mark, death] = [markOf(arrival, installation), deaths[index]];
    return mark === null || death === undefined ? [] : [{ ...mark, death, queueId: death.queueId }];
  });
  const judged = await judgeReturns(transaction, marked);
  const returned = new Map<NewDeath, ReturnedDeath>();
  for (const death of deaths) {
    death.messageId = death.id;
    death.operationId = null;
    death.copyOf = null;
  }
  marked.forEach(({ death, messageId, resendNumber }, index) => {
    const verdict = judged[index];
    if (verdict?.kind === 'copy') death.copyOf = messageId;
    if (verdict?.kind !== 'cameBack') return;
    death.messageId = BigInt(messageId);
    death.operationId = verdict.operationId;
    returned.set(death, { death, operationId: verdict.operationId, resendNumber });
  });
  return { firsts: deaths.filter((death) => !returned.has(death)), returned: [...returned.values()] };
}

/** In the headers of the failed message: what we resent went into the envelope as a whole. */
function markOf(arrival: Arrival, installation: Installation): ResendMark | null {
  const header = failedMessage(arrival).contents.headers?.find(({ name }) => name === OFFICE_HEADER);
  if (header?.type !== 'string' || typeof header.value !== 'string') return null;
  const mark = readResendMark(installation, header.value);
  return mark?.currentEpoch === true ? mark : null;
}
