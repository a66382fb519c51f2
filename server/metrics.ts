import { monitorEventLoopDelay } from 'node:perf_hooks';

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

interface Sample {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  /** Labels, written as they stand: names of ours alone, nothing that came from outside. */
  values: readonly (readonly [labels: string, value: number])[];
}

/**
 * `GET /metrics`: how the process is, in the text format of Prometheus. It asks nobody, so it answers whatever is away,
 * and says nothing of messages or queues, so it needs no session.
 */
export function openMetrics(parts: MetricsParts): { routes: Route[]; close: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const routes = [
    route({
      method: 'get',
      path: '/metrics',
      summary: 'How the process is, in the text format of Prometheus',
      access: 'public',
      withoutDatabase: true,
      responses: { 200: { description: 'Samples.', contentType: 'text/plain' } },
      handle: ({ response }) => {
        // Since the last look: an old stall says nothing of now.
        const text = asText([...eventLoop(delay), ...processFacts(), ...dependencies(parts)]);
        delay.reset();
        response.type('text/plain; version=0.0.4; charset=utf-8').send(text);
        return undefined;
      },
    }),
  ];
  return { routes, close: () => delay.disable() };
}

type Delay = ReturnType<typeof monitorEventLoopDelay>;

function eventLoop(delay: Delay): Sample[] {
  // The histogram holds the whole time between two turns of its timer.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000) || 0;
  return [
    {
      name: 'office_event_loop_delay_seconds',
      help: 'How late the event loop was since the last look.',
      type: 'gauge',
      values: [
        ['quantile="0.5"', seconds(delay.percentile(50))],
        ['quantile="0.99"', seconds(delay.percentile(99))],
        ['quantile="1"', seconds(delay.max)],
      ],
    },
  ];
}

function processFacts(): Sample[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const one = (name: string, help: string, type: Sample['type'], value: number): Sample => {
    return { name, help, type, values: [['', value]] };
  };
  return [
    one('process_resident_memory_bytes', 'Resident memory.', 'gauge', rss),
    one('process_heap_bytes', 'Memory that JavaScript uses.', 'gauge', heapUsed),
    one('process_external_memory_bytes', 'Memory outside the heap that JavaScript holds.', 'gauge', external),
    one('process_cpu_seconds_total', 'Processor time.', 'counter', (user + system) / 1e6),
    one('process_uptime_seconds', 'How long this process has run.', 'gauge', process.uptime()),
  ];
}

function dependencies({ watch, pools, brokers, streams, storing }: MetricsParts): Sample[] {
  const flag = (value: boolean) => (value ? 1 : 0);
  const each = <T>(label: string, of: Readonly<Record<string, T>>, read: (one: T) => number) =>
    Object.entries(of).map(([name, one]) => [`${label}="${name}"`, read(one)] as const);
  const stores = storing();
  return [
    {
      name: 'office_database_up',
      help: 'Whether the database answers.',
      type: 'gauge',
      values: [['', flag(watch.there)]],
    },
    {
      name: 'office_database_connections_used',
      help: 'Connections of a pool that are at work.',
      type: 'gauge',
      values: each('pool', pools, (pool) => poolUse(pool).used),
    },
    {
      name: 'office_database_connections_waited_for',
      help: 'Calls that wait for a connection of a pool.',
      type: 'gauge',
      values: each('pool', pools, (pool) => poolUse(pool).waiting),
    },
    {
      name: 'office_broker_up',
      help: 'Whether a connection to RabbitMQ is there.',
      type: 'gauge',
      values: each('connection', brokers, ({ state }) => flag(state.status === 'connected')),
    },
    {
      name: 'office_broker_blocked',
      help: 'Whether RabbitMQ takes no messages on a connection.',
      type: 'gauge',
      values: each('connection', brokers, ({ state }) => flag(state.blocked !== null)),
    },
    {
      name: 'office_intake_storing',
      help: 'Whether dead messages are taken in; 0 while the database does not take writes.',
      type: 'gauge',
      values: stores === null ? [] : [['', flag(stores)]],
    },
    {
      name: 'office_event_streams',
      help: 'Consoles that follow the event stream.',
      type: 'gauge',
      values: [['', streams.size]],
    },
  ];
}

function asText(samples: readonly Sample[]): string {
  return samples
    .filter(({ values }) => values.length > 0)
    .flatMap(({ name, help, type, values }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...values.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
