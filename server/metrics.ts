import { monitorEventLoopDelay } from 'node:perf_hooks';

import { Counter, Gauge, Registry } from 'prom-client';

import type { Connection } from './amqp/connection.ts';
import { poolUse, type Database } from './database/connect.ts';
import type { DatabaseWatch } from './database/database-watch.ts';
import { route, type Route } from './web/route.ts';
import type { EventStreams } from './web/server-sent-events.ts';

export interface MetricsParts {
  watch: DatabaseWatch;
  /** Pools by their names. */
  pools: Readonly<Record<string, Database>>;
  /** Connections to the broker by their names. */
  brokers: Readonly<Record<string, Connection>>;
  streams: EventStreams;
  /** Null before the intake has started. */
  storing: () => boolean | null;
}

/** How exact the delay of the event loop is told, in ms. */
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/**
 * `GET /metrics`: how the process is, in the text format of Prometheus. It asks nobody, so it answers whatever is away,
 * and says nothing of messages or queues, so it needs no session.
 */
export function openMetrics(parts: MetricsParts): { routes: Route[]; close: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // One of its own: several offices can live in one process.
  const registry = new Registry();
  tellEventLoop(registry, delay);
  tellProcess(registry);
  tellDependencies(registry, parts);
  const routes = [
    route({
      method: 'get',
      path: '/metrics',
      summary: 'How the process is, in the text format of Prometheus',
      access: 'public',
      withoutDatabase: true,
      responses: { 200: { description: 'Samples.', contentType: 'text/plain' } },
      handle: async ({ response }) => {
        const text = await registry.metrics();
        // Since the last look: an old stall says nothing of now.
        delay.reset();
        response.type(registry.contentType).send(text);
        return undefined;
      },
    }),
  ];
  return { routes, close: () => delay.disable() };
}

type Samples = readonly (readonly [label: string, value: number])[];

/** A gauge that is read when somebody looks; by one label. */
function gauge(registry: Registry, name: string, help: string, label: string, read: () => Samples): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, number] of read()) this.set({ [label]: value }, number);
    },
  });
}

/** Likewise without a label; null when there is nothing to say. */
function plainGauge(registry: Registry, name: string, help: string, read: () => number | null): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const number = read();
      if (number === null) this.remove();
      else this.set(number);
    },
  });
}

function tellEventLoop(registry: Registry, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  // The histogram holds the whole time between two turns of its timer.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000) || 0;
  gauge(
    registry,
    'office_event_loop_delay_seconds',
    'How late the event loop was since the last look.',
    'quantile',
    () => [
      ['0.5', seconds(delay.percentile(50))],
      ['0.99', seconds(delay.percentile(99))],
      ['1', seconds(delay.max)],
    ],
  );
}

function tellProcess(registry: Registry): void {
  const memory = () => process.memoryUsage();
  plainGauge(registry, 'process_resident_memory_bytes', 'Resident memory.', () => memory().rss);
  plainGauge(registry, 'process_heap_bytes', 'Memory that JavaScript uses.', () => memory().heapUsed);
  const outside = 'Memory outside the heap that JavaScript holds.';
  plainGauge(registry, 'process_external_memory_bytes', outside, () => memory().external);
  plainGauge(registry, 'process_uptime_seconds', 'How long this process has run.', () => process.uptime());
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / MICROSECONDS);
    },
  });
}

function tellDependencies(registry: Registry, { watch, pools, brokers, streams, storing }: MetricsParts): void {
  const each = <T>(of: Readonly<Record<string, T>>, read: (one: T) => number | boolean): Samples =>
    Object.entries(of).map(([name, one]) => [name, Number(read(one))]);
  plainGauge(registry, 'office_database_up', 'Whether the database answers.', () => Number(watch.there));
  const used = 'Connections of a pool that are at work.';
  gauge(registry, 'office_database_connections_used', used, 'pool', () => each(pools, (pool) => poolUse(pool).used));
  const waited = 'Calls that wait for a connection of a pool.';
  gauge(registry, 'office_database_connections_waited_for', waited, 'pool', () =>
    each(pools, (pool) => poolUse(pool).waiting),
  );
  gauge(registry, 'office_broker_up', 'Whether a connection to RabbitMQ is there.', 'connection', () =>
    each(brokers, ({ state }) => state.status === 'connected'),
  );
  const blocked = 'Whether RabbitMQ takes no messages on a connection.';
  gauge(registry, 'office_broker_blocked', blocked, 'connection', () =>
    each(brokers, ({ state }) => state.blocked !== null),
  );
  plainGauge(
    registry,
    'office_intake_storing',
    'Whether dead messages are taken in; 0 while the database does not take writes.',
    () => {
      const stores = storing();
      return stores === null ? null : Number(stores);
    },
  );
  plainGauge(registry, 'office_event_streams', 'Consoles that follow the event stream.', () => streams.size);
}
