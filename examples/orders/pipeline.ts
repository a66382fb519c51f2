import type { ChannelModel } from 'amqplib';
import { createApi, listen } from './api.ts';
import { connectToBroker } from './broker.ts';
import type { Log } from './broker.ts';
import { businessTasks } from './business-tasks.ts';
import { createFailureTally } from './failures.ts';
import { FAULTS, createFaults } from './faults.ts';
import type { FaultName, Faults } from './faults.ts';
import { notificationTasks } from './notification-tasks.ts';
import { startOrderApi } from './order-api.ts';
import { startOrderStream } from './order-stream.ts';
import { createProcessedLog } from './processed.ts';
import { createPublisher } from './publisher.ts';
import type { Publisher } from './publisher.ts';
import { obstacleIn, watchQueueDepths } from './queue-depths.ts';
import { startReceiptPrinter } from './receipt-printer.ts';
import type { ExampleStatus } from './status.ts';
import { declareTopology, namesFor } from './topology.ts';
import { startWorker } from './worker.ts';
import type { Task, Worker } from './worker.ts';

/** More than this waits for the workers: no further orders. */
const MAX_WORK = 1_000;

export interface PipelineOptions {
  amqpUrl: string;
  /** Of the HTTP API; 0 takes a free one. */
  port: number;
  /** Before every name on the broker. */
  prefix: string;
  businessWorkers: number;
  notificationWorkers: number;
  /** Per worker and queue. */
  consumers: number;
  /** Whether orders are sent by themselves, and how often (ms). */
  stream: { interval: number; failureInterval: number } | null;
  /** Once the dead queues hold so many messages, no further orders are sent. */
  maxDead: number;
  /** Of the console, for a link; null without one. */
  consoleUrl: string | null;
  /** What is broken at the start; all when absent. */
  broken?: readonly FaultName[];
  log: Log;
}

export interface Pipeline {
  /** The address of the HTTP API and page. */
  url: string;
  faults: Faults;
  status(): ExampleStatus;
  /** In order: no new orders, finish what is in hand, close connections and the printer's process. */
  stop(): Promise<void>;
}

/** Starts everything and resolves when it runs. Waits for the broker; abort `signal` to stop waiting. */
export async function startPipeline(options: PipelineOptions, signal?: AbortSignal): Promise<Pipeline> {
  const { amqpUrl, log } = options;
  const names = namesFor(options.prefix);
  const startedAt = new Date().toISOString();
  const faults = createFaults(options.broken);
  const processed = createProcessedLog();
  const tally = createFailureTally();
  /** Undone in reverse: at a stop, and when the start itself fails. */
  const started: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const undo of started.reverse()) await undo();
    started.length = 0;
  };

  try {
    let publisher: Publisher | null = null;
    const setup = async (model: ChannelModel) => {
      await declareTopology(model, names);
      await tally.attach(model, names);
      const made = await createPublisher(model, () => {
        publisher = null;
        void model.close().catch(() => undefined);
      });
      publisher = made;
    };
    const name = `${names.orders}: cancellation API`;
    const connection = await connectToBroker({ url: amqpUrl, name, setup, log }, signal);
    started.push(() => connection.close());
    const depths = watchQueueDepths(connection, names);
    started.push(() => {
      depths.stop();
    });

    const orderApi = await startOrderApi(faults);
    started.push(() => orderApi.stop());

    const workers: Worker[] = [];
    const addWorkers = async (name: string, count: number, tasks: Task[]) => {
      for (let i = 1; i <= count; i += 1) {
        const numbered = `${name} ${i}`;
        const { consumers } = options;
        const worker = await startWorker({ name: numbered, amqpUrl, names, tasks, consumers, processed, log }, signal);
        workers.push(worker);
        started.push(() => worker.stop());
      }
    };
    await addWorkers('notification worker', options.notificationWorkers, notificationTasks(names, faults));
    const tasks = businessTasks({ names, faults, orderApiUrl: orderApi.url });
    await addWorkers('business worker', options.businessWorkers, tasks);
    faults.onChange((name, broken) => {
      log(`${name}: ${broken ? 'broken' : 'fixed'}`);
      for (const worker of workers) void worker.refresh();
    });
    const printer = startReceiptPrinter({ amqpUrl, prefix: options.prefix, faults, processed, log });
    started.push(() => printer.stop());

    let pausedBecause: () => string | null = () => null;
    const status = (): ExampleStatus => {
      const counts = processed.counts();
      const failed = tally.byFault();
      const queues = { ...depths.work(), ...depths.dead() };
      return {
        broker: publisher === null ? 'away' : 'connected',
        startedAt,
        pausedBecause: pausedBecause(),
        failed: tally.total(),
        processedTotal: Object.values(counts).reduce((sum, count) => sum + count, 0),
        receiptPrinterCrashes: printer.crashes(),
        faults: FAULTS.map(({ name, trouble, cure, looksLike }) => ({
          name,
          broken: faults.isBroken(name),
          failed: failed[name],
          trouble,
          cure,
          looksLike,
        })),
        queues: Object.entries(queues).map(([name, waiting]) => ({
          name,
          dead: Object.values(names.deadQueues).includes(name),
          processed: counts[name] ?? 0,
          waiting,
        })),
      };
    };
    const api = createApi({
      names,
      faults,
      processed,
      status,
      consoleUrl: options.consoleUrl,
      publish: async (message) => {
        if (publisher === null) throw new Error('the broker is away');
        await publisher.publish(message);
      },
    });
    const { server, url } = await listen(api, options.port);
    started.push(
      () =>
        new Promise((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    );

    if (options.stream !== null) {
      const stream = startOrderStream({
        ...options.stream,
        apiUrl: () => url,
        obstacle: () => obstacleIn(depths, options.maxDead, MAX_WORK),
        log,
      });
      pausedBecause = () => stream.pausedBecause();
      started.push(() => stream.stop());
    }
    return { url, faults, status, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
