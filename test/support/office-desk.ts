import type { DeadQueue } from '../../server/contract/schemas/dead-queues.ts';
import type { Message, MessageDetail, TimelineEntry } from '../../server/contract/schemas/messages.ts';
import type { NewOperation, Operation } from '../../server/contract/schemas/operations.ts';

import type { TestOffice } from './office.ts';
import { waitFor } from './services.ts';

/** What an operator does over the API of a running office. */
export interface OfficeDesk {
  /** Waits for so many failed messages of a dead queue in any state, oldest first. */
  failed: (deadQueue: string, count: number) => Promise<Message[]>;
  /** Waits until one message is as wanted. */
  until: (id: string, wanted: (message: MessageDetail) => boolean, what: string) => Promise<MessageDetail>;
  message: (id: string) => Promise<MessageDetail>;
  timeline: (id: string) => Promise<TimelineEntry[]>;
  /** Resends, and waits until the operation has ended. */
  resend: (ids: string[], more?: Partial<NewOperation>) => Promise<Operation>;
  operation: (id: string) => Promise<Operation>;
  /** The registry's row of a dead queue. */
  deadQueue: (name: string) => Promise<DeadQueue>;
}

export function deskOf(office: TestOffice): OfficeDesk {
  const message = async (id: string) => {
    const answer = await office.api.get(`/api/messages/${id}`).expect(200);
    return answer.body as MessageDetail;
  };
  const operation = async (id: string) => {
    const answer = await office.api.get(`/api/operations/${id}`).expect(200);
    return answer.body as Operation;
  };
  return {
    message,
    operation,
    deadQueue: async (name) => {
      const answer = await office.api.get('/api/dead-queues').expect(200);
      const found = (answer.body as { data: DeadQueue[] }).data.find((queue) => queue.name === name);
      if (found === undefined) throw new Error(`The dead queue ${name} is not in the registry.`);
      return found;
    },
    failed: async (deadQueue, count) =>
      await waitFor(
        async () => {
          const answer = await office.api
            .get('/api/messages')
            .query({ deadQueue, sort: 'id', perPage: 100 })
            .expect(200);
          const { data } = answer.body as { data: Message[] };
          return data.length >= count ? data : null;
        },
        { deadlineMs: 20_000, describe: `${count} failed messages of ${deadQueue}` },
      ),
    until: async (id, wanted, what) => {
      let last: MessageDetail | null = null;
      return await waitFor(
        async () => {
          last = await message(id);
          return wanted(last) ? last : null;
        },
        { deadlineMs: 20_000, describe: () => `${what}; it is ${last?.status}, failed ${last?.failureCount} times` },
      );
    },
    timeline: async (id) => {
      const answer = await office.api.get(`/api/messages/${id}/timeline`).expect(200);
      return (answer.body as { data: TimelineEntry[] }).data;
    },
    resend: async (ids, more = {}) => {
      const answer = await office.api
        .post('/api/operations')
        .send({ action: 'resend', selection: { ids }, ...more })
        .expect(202);
      const { id } = answer.body as Operation;
      return await waitFor(
        async () => {
          const now = await operation(id);
          return now.finishedAt === null ? null : now;
        },
        { deadlineMs: 20_000, describe: `operation ${id} to end` },
      );
    },
  };
}
