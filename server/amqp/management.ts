import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';

import { parse as parseLossless } from 'lossless-json';
import { z } from 'zod';

import { BrokerError, safeText } from './broker-error.ts';
import type { ClientTls } from './connection.ts';

/**
 * The management API of RabbitMQ (https://www.rabbitmq.com/docs/management#http-api): what AMQP itself cannot tell.
 * It is optional: everything that must be right is asked over AMQP; this is for warnings and previews.
 */
const argumentTable = z.record(z.string(), z.unknown());
/** Erlang writes an empty table as a list. */
const tableOrEmpty = z
  .union([argumentTable, z.union([z.array(z.never()), z.null()]).transform((): Record<string, unknown> => ({}))])
  .optional();

const queue = z.object({
  name: z.string(),
  vhost: z.string(),
  /** `classic`, `quorum`, `stream`, or one of a plugin. */
  type: z.string().optional(),
  /** `running`, or why not. Absent while the statistics have not seen it. */
  state: z.string().optional(),
  durable: z.boolean(),
  exclusive: z.boolean().optional(),
  arguments: tableOrEmpty,
  /** What policies add to the arguments. */
  effective_policy_definition: tableOrEmpty,
  messages_ready: z.number().int().optional(),
  consumers: z.number().int().optional(),
});
/** Of one queue alone: who consumes it. Erlang writes none as an empty list. */
const oneQueue = queue.extend({
  consumer_details: z.array(z.object({ exclusive: z.boolean().optional() })).optional(),
});
export type ManagedQueue = z.infer<typeof oneQueue>;

const exchange = z.object({
  name: z.string(),
  vhost: z.string(),
  type: z.string(),
  durable: z.boolean(),
  internal: z.boolean(),
  arguments: tableOrEmpty,
  /** The name of the policy in force, which may set an alternate exchange. */
  policy: z.string().nullish(),
});
export type ManagedExchange = z.infer<typeof exchange>;

const binding = z.object({
  source: z.string(),
  destination: z.string(),
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: z.string(),
  arguments: tableOrEmpty,
});
export type ManagedBinding = z.infer<typeof binding>;

const policy = z.object({ definition: tableOrEmpty });

const QUEUE_COLUMNS = Object.keys(queue.shape).join(',');
const PAGE_SIZE = 500;
/** An exchange with more bindings than go into so many bytes is not read. */
const MOST_BYTES = 8 * 1024 * 1024;
const page = z.object({ items: z.array(queue), page_count: z.number().int() });

export interface ManagementOptions {
  /** `http://user:password@host:port`, with a path where it is served under one. Never logged. */
  url: string;
  /** For https://. The server's certificate and its name are always checked. */
  tls?: ClientTls;
  /** For one request, in ms. Default: 5 000. */
  timeoutMs?: number;
}

/** All of them reject with a BrokerError (scope `connection`) when it cannot be asked or answers something else. */
export interface Management {
  queues(vhost: string): Promise<ManagedQueue[]>;
  /** Null when there is none of this name. */
  queue(vhost: string, name: string): Promise<ManagedQueue | null>;
  exchange(vhost: string, name: string): Promise<ManagedExchange | null>;
  /**
   * Where an exchange sends to. Of the arguments' numbers, which headers exchanges compare, integers are bigint and all
   * others number.
   */
  bindingsFrom(vhost: string, exchange: string): Promise<ManagedBinding[]>;
  /** What a policy sets; null when there is none of this name. */
  policy(vhost: string, name: string): Promise<Record<string, unknown> | null>;
}

/** Throws a BrokerError when the URL cannot be read. */
export function openManagement({ url, tls = {}, timeoutMs = 5_000 }: ManagementOptions): Management {
  if (!URL.canParse(url)) throw new BrokerError('connection', 'The URL of the management API cannot be read');
  const { origin, pathname, username, password } = new URL(url);
  const base = `${origin}${pathname.replace(/\/$/, '')}/api`;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const headers = { accept: 'application/json', authorization: `Basic ${credentials.toString('base64')}` };

  async function get<T>(
    schema: z.ZodType<T>,
    path: readonly string[],
    parse: (text: string) => unknown = JSON.parse,
  ): Promise<T | null> {
    // There is no way to write these two into a path: they would lead out of it.
    if (path.some((part) => part === '.' || part === '..')) return null;
    const address = new URL(`${base}/${path.join('/')}`);
    let answer: unknown;
    try {
      const { status, text } = await ask(address, { headers, ...tls, signal: AbortSignal.timeout(timeoutMs) });
      if (status === 404) return null;
      if (status !== 200) throw new BrokerError('connection', `the management API answered ${status}`);
      answer = parse(text);
    } catch (thrown) {
      if (thrown instanceof BrokerError) throw thrown;
      const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
      throw new BrokerError('connection', `the management API cannot be asked: ${safeText(cause)}`);
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw new BrokerError('connection', 'the management API answered something unknown');
    return parsed.data;
  }

  async function all<T>(schema: z.ZodType<T>, path: readonly string[], parse?: (text: string) => unknown): Promise<T> {
    const found = await get(schema, path, parse);
    if (found === null) throw new BrokerError('connection', 'the management API knows no such vhost');
    return found;
  }

  const part = encodeURIComponent;
  return {
    queues: async (vhost) => {
      const found: ManagedQueue[] = [];
      for (let number = 1; ; number++) {
        const query = `?page=${number}&page_size=${PAGE_SIZE}&columns=${QUEUE_COLUMNS}`;
        const { items, page_count } = await all(page, ['queues', part(vhost) + query]);
        found.push(...items);
        if (number >= page_count) return found;
      }
    },
    queue: (vhost, name) => get(oneQueue, ['queues', part(vhost), part(name)]),
    exchange: (vhost, name) => get(exchange, ['exchanges', part(vhost), part(name)]),
    bindingsFrom: (vhost, name) =>
      all(z.array(binding), ['exchanges', part(vhost), part(name), 'bindings', 'source'], parseBindings),
    policy: async (vhost, name) => {
      const found = await get(policy, ['policies', part(vhost), part(name)]);
      return found === null ? null : (found.definition ?? {});
    },
  };
}

/** The slower parser only where there are arguments: most bindings have none. */
function parseBindings(text: string): unknown {
  if (!/"arguments":\s*\{\s*"/.test(text)) return JSON.parse(text);
  return parseLossless(text, null, (number) => (/^-?\d+$/.test(number) ? BigInt(number) : Number(number)));
}

/**
 * One GET, without following anywhere. Only of a 200 there is a text. (`fetch` cannot be told an authority of one's own.)
 * Throws a BrokerError when the answer is longer than anybody wants to read.
 */
async function ask(address: URL, options: RequestOptions): Promise<{ status: number; text: string }> {
  const request = (address.protocol === 'https:' ? httpsGet : httpGet)(address, { ...options, minVersion: 'TLSv1.2' });
  // It is the promise below that tells of errors, and one may come after it was settled.
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    return { status, text: '' };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new BrokerError('connection', 'the management API answered too much to read');
    chunks.push(chunk);
  }
  return { status, text: Buffer.concat(chunks).toString('utf8') };
}
