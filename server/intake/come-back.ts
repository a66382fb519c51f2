import { OFFICE_HEADER } from '../amqp/publisher.ts';
import type { RecognisedBy } from '../contract/messages.ts';
import type { Transaction } from '../database/connect.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import { readStripHeaders } from '../dead-queues/dead-queue-store.ts';
import type { NewDeath } from '../messages/arrivals-store.ts';
import { judgeReturns, type ReturnedDeath } from '../messages/come-back-store.ts';
import { readResendMark, type Installation, type ResendMark } from '../messages/resend-mark.ts';
import {
  anyUnmarkedResends,
  findUnmarkedResends,
  likenessOf,
  removeUnmarkedResends,
  type UnmarkedResend,
} from '../messages/unmarked-resends.ts';

import { failedMessage, type Arrival } from './arrival.ts';

/** An arrival that is a new death. */
export interface FreshArrival {
  arrival: Arrival;
  possibleDuplicateOf: string | null;
}

/** The deaths of one batch, as they are told apart. */
export interface FreshDeaths {
  installation: Installation;
  deadQueueId: string;
  fresh: readonly FreshArrival[];
  /** With their ids, in the order of `fresh`. */
  deaths: readonly NewDeath[];
}

/** A death that may be of a message that was resent, and by what. */
interface Recognised {
  death: NewDeath;
  by: RecognisedBy;
  messageId: string;
  resendNumber: number;
  unmarked: UnmarkedResend | null;
}

/**
 * Tells the first deaths of new messages from further deaths of messages that were resent and came back, and says in
 * each death which message it is one of. A mark that is not ours, or from before a restored backup, is just a header.
 * Where nothing bears a mark because it is switched off, the message id or the contents tell, less surely.
 */
export async function tellReturns(
  transaction: Transaction,
  given: FreshDeaths,
): Promise<{ firsts: NewDeath[]; returned: ReturnedDeath[] }> {
  const { deaths } = given;
  const marked = recogniseMarked(given);
  const withMark = new Set(marked.map(({ death }) => death));
  const recognised = [...marked, ...(await recogniseUnmarked(transaction, given, withMark))];
  const judged = await judgeReturns(
    transaction,
    recognised.map(({ death, messageId, resendNumber }) => ({ messageId, resendNumber, queueId: death.queueId })),
  );
  const returned = new Map<NewDeath, ReturnedDeath>();
  const spent: UnmarkedResend[] = [];
  for (const death of deaths) {
    death.messageId = death.id;
    death.operationId = null;
    death.recognisedBy = null;
    death.copyOf = null;
  }
  recognised.forEach(({ death, by, messageId, resendNumber, unmarked }, index) => {
    const verdict = judged[index];
    if (verdict?.kind === 'copy' && by === 'mark') death.copyOf = messageId;
    if (verdict?.kind !== 'cameBack') return;
    death.messageId = BigInt(messageId);
    death.operationId = verdict.operationId;
    death.recognisedBy = by;
    returned.set(death, { death, operationId: verdict.operationId, resendNumber });
    if (unmarked !== null) spent.push(unmarked);
  });
  await removeUnmarkedResends(transaction, spent);
  return { firsts: deaths.filter((death) => !returned.has(death)), returned: [...returned.values()] };
}

function recogniseMarked({ installation, fresh, deaths }: FreshDeaths): Recognised[] {
  return fresh.flatMap(({ arrival }, index) => {
    const [mark, death] = [markOf(arrival, installation), deaths[index]];
    if (mark === null || death === undefined) return [];
    return [{ death, by: 'mark' as const, messageId: mark.messageId, resendNumber: mark.resendNumber, unmarked: null }];
  });
}

/** In the headers of the failed message: what we resent went into the envelope as a whole. */
function markOf(arrival: Arrival, installation: Installation): ResendMark | null {
  const header = failedMessage(arrival).contents.headers?.find(({ name }) => name === OFFICE_HEADER);
  if (header?.type !== 'string' || typeof header.value !== 'string') return null;
  const mark = readResendMark(installation, header.value);
  return mark?.currentEpoch === true ? mark : null;
}

/** Each resend answers for one of several arrivals that are alike; the others are messages of their own. */
async function recogniseUnmarked(
  transaction: Transaction,
  { deadQueueId, fresh, deaths }: FreshDeaths,
  withMark: ReadonlySet<NewDeath>,
): Promise<Recognised[]> {
  if (!(await anyUnmarkedResends(transaction))) return [];
  const stripHeaders = await readStripHeaders(transaction, deadQueueId);
  const cipher = contentCipherOf(transaction);
  const asked = fresh.flatMap(({ arrival }, index) => {
    const death = deaths[index];
    if (death === undefined || death.queueId === null || withMark.has(death)) return [];
    const { by, hash } = likenessOf(failedMessage(arrival).contents, [
      ...arrival.diagnosis.stripHeaders,
      ...stripHeaders,
    ]);
    return [{ death, by, queueId: death.queueId, likeness: cipher.keyedHash(hash) }];
  });
  const open = await findUnmarkedResends(transaction, asked);
  return asked.flatMap(({ death, by, queueId, likeness }): Recognised[] => {
    const index = open.findIndex((resend) => resend.queueId === queueId && resend.likeness.equals(likeness));
    const [resend] = index < 0 ? [] : open.splice(index, 1);
    if (resend === undefined) return [];
    return [{ death, by, messageId: resend.messageId, resendNumber: resend.resendNumber, unmarked: resend }];
  });
}
