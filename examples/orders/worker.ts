import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { connectToBroker } from './broker.ts';
import type { Log } from './broker.ts';
import { intercept } from './interceptor.ts';
import type { ProcessedLog } from './processed.ts';
import { createPublisher } from './publisher.ts';
import type { Outgoing, Publisher } from './publisher.ts';
import { declareTopology } from './topology.ts';
import type { Delay, Names } from './topology.ts';

/** How long a message that could not be settled waits before it goes back to its queue (ms). */
const UNSETTLED_PAUSE = 1_000;
/** How long a stop waits for the messages in hand (ms). */
const STOP_DEADLINE = 5_000;

/** The work of one queue. */
export interface Task {
  queue: string;
  deadQueue: string;
  delays: readonly Delay[];
  /** Messages in hand per consumer. */
  prefetch: number;
  /** While this says no, nothing consumes the queue. Read again at every `Worker.refresh`. */
  enabled?: () => boolean;
  /** Does the work; resolves to the orders it was about and what to publish next. A rejection is a failed message. */
  handle: (message: ConsumeMessage) => Promise<Done>;
}

export interface Done {
  orderIds: string[];
  next?: Outgoing[];
}

export interface WorkerOptions {
  /** Shown on the broker, in the log, and with what it processed. */
  name: string;
  amqpUrl: string;
  names: Names;
  tasks: readonly Task[];
  /** Consumers per queue. */
  consumers: number;
  processed: Pick<ProcessedLog, 'add'>;
  log: Log;
}

export interface Worker {
  /** Starts and stops consuming as each task's `enabled` says now. */
  refresh(): Promise<void>;
  /** Finishes the messages in hand (5 s at most), then closes channels and connection. */
  stop(): Promise<void>;
}

/**
 * A worker with a connection of its own: consumes its tasks' queues, and has every message settled by the interceptor.
 * A lost connection, a closed channel or a cancelled consumer begins everything anew on a new connection.
 */
export async function startWorker(options: WorkerOptions, signal?: AbortSignal): Promise<Worker> {
  let consumers: TaskConsumer[] = [];
  let publisher: Publisher | null = null;
  const setup = async (connection: ChannelModel) => {
    // Everything of the last connection died with it.
    consumers = [];
    const restart = () => void connection.close().catch(() => undefined);
    await declareTopology(connection, options.names);
    const publisherHere = await createPublisher(connection, restart);
    publisher = publisherHere;
    for (const task of options.tasks) {
      for (let i = 0; i < options.consumers; i += 1) {
        const consumer = await createTaskConsumer(connection, task, restart, (message, channel) =>
          process(message, channel, task, publisherHere),
        );
        consumers.push(consumer);
      }
    }
    await Promise.all(consumers.map((consumer) => consumer.refresh()));
  };

  const process = async (message: ConsumeMessage, channel: Channel, task: Task, publisherHere: Publisher) => {
    const work = async () => {
      const { orderIds, next = [] } = await task.handle(message);
      for (const outgoing of next) await publisherHere.publish(outgoing);
      options.processed.add({ worker: options.name, queue: task.queue, orderIds, message });
    };
    try {
      await intercept(message, work, channel, publisherHere, {
        queue: task.queue,
        deadExchange: options.names.dead,
        deadQueue: task.deadQueue,
        delays: task.delays,
      });
    } catch (error) {
      options.log(`${options.name}: a message stays in ${task.queue}: ${error instanceof Error ? error.message : ''}`);
      await new Promise((resolve) => setTimeout(resolve, UNSETTLED_PAUSE));
      // On a channel that is gone the broker has the message back already.
      ignoreClosedChannel(() => {
        channel.nack(message, false, true);
      });
    }
  };

  const connection = await connectToBroker(
    { url: options.amqpUrl, name: `${options.names.orders}: ${options.name}`, setup, log: options.log },
    signal,
  );
  return {
    refresh: async () => {
      await Promise.all(consumers.map((consumer) => consumer.refresh()));
    },
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await publisher?.close().catch(() => undefined);
      await connection.close();
    },
  };
}

interface TaskConsumer {
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** One channel that consumes one queue while its task is enabled. */
async function createTaskConsumer(
  connection: ChannelModel,
  task: Task,
  restart: () => void,
  process: (message: ConsumeMessage, channel: Channel) => Promise<void>,
): Promise<TaskConsumer> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  channel.on('close', restart);
  await channel.prefetch(task.prefetch);
  const inHand = new Set<Promise<void>>();
  let tag: string | null = null;
  let stopped = false;

  const onMessage = (message: ConsumeMessage | null) => {
    if (message === null) {
      restart();
      return;
    }
    const work = process(message, channel).finally(() => inHand.delete(work));
    inHand.add(work);
  };
  const switchTo = async (wanted: boolean) => {
    if (wanted && tag === null) {
      ({ consumerTag: tag } = await channel.consume(task.queue, onMessage));
    } else if (!wanted && tag !== null) {
      await channel.cancel(tag);
      tag = null;
    }
  };
  // One switch after another: two at once would consume twice. A channel that is gone is made anew elsewhere.
  let last: Promise<void> = Promise.resolve();
  const next = (wanted: () => boolean) => {
    last = last.then(() => switchTo(wanted())).catch(() => undefined);
    return last;
  };
  return {
    refresh: () => next(() => !stopped && (task.enabled?.() ?? true)),
    stop: async () => {
      stopped = true;
      channel.off('close', restart);
      await next(() => false);
      await withDeadline(Promise.all(inHand), STOP_DEADLINE);
      await channel.close().catch(() => undefined);
    },
  };
}

function ignoreClosedChannel(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalOperationError') throw error;
  }
}

async function withDeadline(work: Promise<unknown>, deadline: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadline);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
