import { isDeepStrictEqual } from 'node:util';

import type { List } from '../../../server/contract/schemas/lists.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Operation, OperationItem, Target } from '../../../server/contract/schemas/operations.ts';
import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { startOffice } from '../office.ts';
import { testServices, uniqueName, waitFor } from '../services.ts';

import { startWorker, type FrameworkWorker, type Order, type WorkerOptions } from './worker.ts';

/** A real framework's worker, and an office that watches its dead queues. */
export interface FrameworkDesk {
  worker: FrameworkWorker;
  /** What the names of its queues and exchanges begin with. */
  name: string;
  /** Waits until exactly one message waits for a decision that has failed so often, and gives it. */
  failed: (failures?: number) => Promise<Message>;
  /** Resends one message as an operator does, waits for the end of the operation, and gives its only item. */
  resend: (id: string, target?: Target) => Promise<OperationItem | undefined>;
  message: (id: string) => Promise<Message | undefined>;
  /** Waits until the worker has tried this order so often, and gives all its tries: whether each did its work. */
  tried: (order: Order, count: number) => Promise<boolean[]>;
  close: () => Promise<void>;
}

export interface DeskOptions extends Omit<WorkerOptions, 'name'> {
  /** What the office watches. In all these names `*` stands for the name that makes them unique. */
  deadQueues: string[];
  /** Removed at the end with the dead queues. */
  queues: string[];
  exchanges?: string[];
}

/** @param options how to run the worker, and what it declares */
export async function openFrameworkDesk(options: DeskOptions): Promise<FrameworkDesk> {
  const name = uniqueName('test.framework');
  const inFull = (names: string[]) => names.map((one) => one.replaceAll('*', name));
  const deadQueues = inFull(options.deadQueues);
  const removeAll = async () => {
    const connection = await amqplib.connect(testServices().amqpUrl);
    const channel = await connection.createChannel();
    for (const queue of [...deadQueues, ...inFull(options.queues)]) await channel.deleteQueue(queue);
    for (const exchange of inFull(options.exchanges ?? [])) await channel.deleteExchange(exchange);
    await connection.close();
  };
  const undo: (() => Promise<void>)[] = [removeAll];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const start = async () => {
    const worker = await startWorker({ ...options, name });
    undo.push(worker.stop);
    const office = await startOffice({ deadQueues });
    undo.push(office.remove);
    return { worker, api: office.api };
  };
  const { worker, api } = await start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const list = async (query: object) =>
    ((await api.get('/api/messages').query(query).expect(200)).body as List<Message>).data;
  const tries = (order: Order) => worker.tries.filter((one) => isDeepStrictEqual(one.order, order)).map(({ ok }) => ok);

  return {
    worker,
    name,
    failed: async (failures = 1) => {
      let found: Message[] = [];
      return await waitFor(
        async () => {
          found = await list({ status: 'pending' });
          return found.length === 1 && found[0]?.failureCount === failures && found[0];
        },
        {
          deadlineMs: 20_000,
          describe: () =>
            `a message that failed ${failures} times; there are ${JSON.stringify(found)}, and the worker ${worker.said()}`,
        },
      );
    },
    resend: async (id, target) => {
      const body = { action: 'resend', selection: { ids: [id] }, ...(target === undefined ? {} : { target }) };
      const { id: operationId } = (await api.post('/api/operations').send(body).expect(202)).body as Operation;
      await waitFor(
        async () =>
          ((await api.get(`/api/operations/${operationId}`).expect(200)).body as Operation).finishedAt !== null,
        { describe: 'the resend to end', deadlineMs: 20_000 },
      );
      const { data } = (await api.get(`/api/operations/${operationId}/items`).expect(200)).body as List<OperationItem>;
      return data[0];
    },
    message: async (id) => (await list({ id }))[0],
    tried: async (order, count) =>
      await waitFor(() => tries(order).length >= count && tries(order), {
        deadlineMs: 20_000,
        describe: () => `${count} tries at ${JSON.stringify(order)}; the worker ${worker.said()}`,
      }),
    close,
  };
}
