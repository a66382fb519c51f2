import { randomBytes } from 'node:crypto';
import amqplib from 'amqplib';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signOf } from '../../../examples/orders/failures.ts';
import { FAULTS, FAULT_NAMES } from '../../../examples/orders/faults.ts';
import type { FaultName } from '../../../examples/orders/faults.ts';
import { post } from '../../../examples/orders/order-stream.ts';
import { startPipeline } from '../../../examples/orders/pipeline.ts';
import type { Pipeline } from '../../../examples/orders/pipeline.ts';
import { SCENARIOS, createSampleOrders } from '../../../examples/orders/sample-orders.ts';
import type { Scenario } from '../../../examples/orders/sample-orders.ts';
import { declareTopology, deleteTopology, namesFor } from '../../../examples/orders/topology.ts';
import { CONVENTION_HEADERS } from '../../../server/diagnosis/convention.ts';
import { testServices, waitFor } from '../../support/services.ts';

const prefix = `example-test-${randomBytes(4).toString('hex')}.`;
const names = namesFor(prefix);
const { amqpUrl } = testServices();
/** A time-out is retried three times, 7 s of delays in all: the slowest way to die. */
const DEADLINE = { deadlineMs: 30_000 };

/** A dead message as the office would take it. */
interface Dead {
  deadQueue: string;
  cause: FaultName | 'unknown';
  message: ConsumeMessage;
}

const dead: Dead[] = [];
const log: string[] = [];
let connection: ChannelModel;
let channel: Channel;
let pipeline: Pipeline;

beforeAll(async () => {
  connection = await amqplib.connect(amqpUrl);
  await declareTopology(connection, names);
  channel = await connection.createChannel();
  for (const deadQueue of Object.values(names.deadQueues)) {
    await channel.consume(deadQueue, (message) => {
      if (message === null) return;
      const found = signOf(message.properties.headers);
      const fault = FAULTS.find(({ queue, sign }) => names.routes[queue].queue === found?.queue && sign === found.sign);
      dead.push({ deadQueue, cause: fault?.name ?? 'unknown', message });
      channel.ack(message);
    });
  }
  pipeline = await startPipeline({
    amqpUrl,
    port: 0,
    prefix,
    businessWorkers: 2,
    notificationWorkers: 1,
    consumers: 2,
    stream: null,
    maxDead: 200,
    consoleUrl: null,
    log: (line) => log.push(line),
  });
});

afterAll(async () => {
  await pipeline.stop();
  await deleteTopology(connection, names);
  await connection.close();
});

const orders = createSampleOrders();
const submit = (scenario: Scenario) => post(pipeline.url, orders.request(scenario));
const deadOf = (cause: Dead['cause']) => dead.filter((one) => one.cause === cause);

const brokerDeathSchema = z.object({
  'x-death': z.array(
    z.object({ queue: z.string(), reason: z.string(), exchange: z.string(), 'routing-keys': z.array(z.string()) }),
  ),
});

const processedSchema = z.object({
  processed: z.array(
    z.object({
      queue: z.string(),
      exchange: z.string(),
      routingKey: z.string(),
      orderIds: z.array(z.string()),
      body: z.object({ text: z.string() }),
      headers: z.record(z.string(), z.unknown()),
    }),
  ),
});

async function processedWith(query: Record<string, string>) {
  const response = await fetch(`${pipeline.url}/processed?${new URLSearchParams(query).toString()}`);
  return processedSchema.parse(await response.json()).processed;
}

/** Publishes a dead message as the office does: to where it was, without what was added because it failed. */
function resend({ message }: Dead): void {
  const { headers = {}, ...properties } = message.properties;
  const added = new Set([...CONVENTION_HEADERS, 'x-death', 'x-delivery-count', 'x-acquired-count']);
  const own = Object.entries(headers).filter(([name]) => !added.has(name) && !/^x-(first|last)-death-/.test(name));
  const origin = originOf(headers);
  channel.publish(origin.exchange, origin.routingKey, message.content, {
    ...(properties as object),
    headers: Object.fromEntries(own),
  });
}

function originOf(headers: unknown): { exchange: string; routingKey: string } {
  const convention = z
    .object({ 'x-failure-exchange': z.string(), 'x-failure-routing-key': z.string() })
    .safeParse(headers);
  if (convention.success) {
    return {
      exchange: convention.data['x-failure-exchange'],
      routingKey: convention.data['x-failure-routing-key'],
    };
  }
  const [first] = brokerDeathSchema.parse(headers)['x-death'];
  return { exchange: first?.exchange ?? '', routingKey: first?.['routing-keys'][0] ?? '' };
}

describe('while everything is broken', () => {
  beforeAll(async () => {
    await Promise.all(SCENARIOS.map(submit));
    await waitFor(() => FAULT_NAMES.every((name) => deadOf(name).length >= expectedDeaths[name]), {
      ...DEADLINE,
      describe: () => `every cause to kill; so far ${dead.map(({ cause }) => cause).join(', ')}`,
    });
  });

  /** By one round of all scenarios: the bulk order meets the order API too, `twice` the template and the ledger. */
  const expectedDeaths: Record<FaultName, number> = {
    'order-api': 2,
    'warehouse-feed': 1,
    'partner-parser': 1,
    template: 2,
    'talk-sender': 1,
    'stock-worker': 1,
    ledger: 2,
    'receipt-printer': 1,
  };

  const byBroker: [FaultName, string, string, keyof typeof names.routes, string][] = [
    ['warehouse-feed', 'a rejected business rule', 'rejected', 'cancel', names.deadQueues.orders],
    ['talk-sender', 'a message that waited too long', 'expired', 'talk', names.deadQueues.notice],
    ['stock-worker', 'a message dropped by a full queue', 'maxlen', 'stock', names.deadQueues.orders],
    ['ledger', 'a message past its delivery limit', 'delivery_limit', 'refund', names.deadQueues.refunds],
    ['receipt-printer', 'a worker that crashes', 'delivery_limit', 'receipt', names.deadQueues.refunds],
  ];
  it.each(byBroker)('%s: %s is dead-lettered by the broker as %s', (cause, _what, reason, work, deadQueue) => {
    expect(deadOf(cause)).toHaveLength(expectedDeaths[cause]);
    const route = names.routes[work];
    for (const one of deadOf(cause)) {
      expect(one.deadQueue).toBe(deadQueue);
      const [death] = brokerDeathSchema.parse(one.message.properties.headers)['x-death'];
      expect(death).toMatchObject({
        reason,
        queue: route.queue,
        exchange: route.exchange,
        'routing-keys': [route.routingKey],
      });
    }
  });

  const byWorker: [FaultName, string, string, number, keyof typeof names.routes, string][] = [
    ['order-api', 'a time-out', 'OrderApiTimeoutError', 3, 'cancel', names.deadQueues.orders],
    ['partner-parser', 'malformed JSON', 'MalformedMessageError', 0, 'cancel', names.deadQueues.orders],
    ['template', 'an unknown template', 'TemplateNotFoundError', 0, 'notice', names.deadQueues.notice],
  ];
  it.each(byWorker)(
    '%s: %s is published by the worker as %s after %i retries',
    (cause, _what, type, retries, work, deadQueue) => {
      expect(deadOf(cause)).toHaveLength(expectedDeaths[cause]);
      for (const one of deadOf(cause)) {
        expect(one.deadQueue).toBe(deadQueue);
        const headers = one.message.properties.headers;
        expect(headers).toMatchObject({
          'x-failure-reason': 'error',
          'x-failure-type': type,
          'x-failure-exchange': names.routes[work].exchange,
          'x-failure-queue': names.routes[work].queue,
          'x-failure-retries': retries,
          'x-failure-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
          'x-failure-stack': expect.stringContaining(`${type}: `) as string,
        });
        expect(headers).not.toHaveProperty('x-death');
      }
    },
  );

  it('a message can carry several orders, and its routing key is kept through the delay queues', () => {
    const bulk = deadOf('order-api').filter(
      ({ message }) => message.properties.headers?.['x-failure-routing-key'] === names.routes.cancelBulk.routingKey,
    );
    expect(bulk).toHaveLength(1);
    const body = z
      .object({ orderIds: z.array(z.string()) })
      .parse(JSON.parse(bulk[0]?.message.content.toString() ?? ''));
    expect(body.orderIds).toHaveLength(3);
  });

  it('one order fails in two queues', () => {
    const templates = deadOf('template').map(({ message }) => noticeOrder(message));
    const refunds = deadOf('ledger').map(({ message }) => refundOrder(message));
    expect(templates.filter((orderId) => refunds.includes(orderId))).toHaveLength(1);
  });

  it('the partner’s order ID is in a header, where a broken body cannot hide it', () => {
    for (const { message } of deadOf('partner-parser')) {
      expect(() => JSON.parse(message.content.toString()) as unknown).toThrow(SyntaxError);
      expect(message.properties.headers?.['order-id']).toMatch(/^ORD-\d{8}-\d{6}$/);
    }
  });

  it('good orders go all the way: cancelled, paid back, told', async () => {
    const [good] = await waitFor(async () => {
      const notices = await processedWith({ queue: names.routes.notice.queue });
      return notices.length > 0 ? notices : null;
    });
    const orderId = good?.orderIds[0] ?? '';
    const queues = (await processedWith({ orderId })).map(({ queue }) => queue);
    expect(queues).toEqual(expect.arrayContaining([names.routes.cancel.queue, names.routes.refund.queue]));
  });

  it('the printer’s process really died three times', () => {
    expect(pipeline.status().receiptPrinterCrashes).toBe(3);
  });

  it('the page counts the failures by cause', () => {
    const { faults, failed } = pipeline.status();
    const counted = Object.fromEntries(faults.map((fault) => [fault.name, fault.failed]));
    expect(counted).toEqual(expectedDeaths);
    expect(failed).toBe(Object.values(expectedDeaths).reduce((sum, count) => sum + count));
  });

  it('what is resent while its cause is broken has its whole retry budget, and dies again', async () => {
    const [first] = deadOf('order-api');
    if (first === undefined) throw new Error('nothing to resend');
    const diedBefore = deadOf('order-api').length;
    resend(first);
    await waitFor(() => deadOf('order-api').length > diedBefore, DEADLINE);
    const again = deadOf('order-api').at(-1)?.message;
    expect(again?.properties.messageId).toBe(first.message.properties.messageId);
    expect(again?.properties.headers).toMatchObject({ 'x-failure-retries': 3 });
    expect(again?.properties.headers?.['x-failure-time']).not.toBe(
      first.message.properties.headers?.['x-failure-time'],
    );
    expect(again?.content).toEqual(first.message.content);
  });
});

describe('once a cause is fixed', () => {
  it.each(FAULT_NAMES)('%s: what it killed reaches its worker when it is resent, as it was', async (cause) => {
    const resendable = deadOf(cause);
    expect(resendable.length).toBeGreaterThan(0);
    const response = await fetch(`${pipeline.url}/faults/${cause}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ broken: false }),
    });
    expect(await response.json()).toEqual({ name: cause, broken: false });
    for (const one of resendable) {
      resend(one);
      const messageId = String(one.message.properties.messageId);
      const [done] = await waitFor(
        async () => {
          const found = await processedWith({ messageId });
          return found.length > 0 ? found : null;
        },
        { ...DEADLINE, describe: `${cause} to be processed` },
      );
      expect(done).toMatchObject({
        ...originOf(one.message.properties.headers),
        body: { text: one.message.content.toString() },
      });
      expect(Object.keys(done?.headers ?? {}).filter((name) => name.startsWith('x-failure-'))).toEqual([]);
    }
  });

  it('new orders of every kind succeed, and nothing dies', async () => {
    const diedBefore = dead.length;
    const before = pipeline.status().processedTotal;
    await Promise.all(SCENARIOS.map(submit));
    // 13 orders by 11 messages; each is refunded and twice told; one receipt, four limited goods.
    const messages = 11 + 13 * 3 + 1 + 4;
    await waitFor(() => pipeline.status().processedTotal >= before + messages, DEADLINE);
    expect(pipeline.status().processedTotal).toBe(before + messages);
    expect(dead).toHaveLength(diedBefore);
  });
});

describe('the HTTP API', () => {
  it('refuses what is not a cancellation, with every wrong field', async () => {
    const response = await fetch(`${pipeline.url}/cancellations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ orderId: 'ORD-1' }),
    });
    expect(response.status).toBe(400);
    const { fields } = z.object({ fields: z.array(z.object({ field: z.string() })) }).parse(await response.json());
    expect(fields.map(({ field }) => field)).toEqual(expect.arrayContaining(['orderId', 'customer', 'payment']));
  });

  it('takes the page’s button, and no other site’s', async () => {
    const press = (origin: string) =>
      fetch(`${pipeline.url}/faults/ledger`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin },
        body: new URLSearchParams({ broken: 'true' }),
      });
    expect((await press('http://elsewhere.example')).status).toBe(403);
    expect(pipeline.faults.isBroken('ledger')).toBe(false);
    expect((await press(pipeline.url)).status).toBe(303);
    expect(pipeline.faults.isBroken('ledger')).toBe(true);
    pipeline.faults.set('ledger', false);
  });
});

describe('when the broker cuts its connections', () => {
  it('connects again and goes on', async () => {
    const { managementUrl } = testServices();
    await waitFor(async () => (await closeConnections(managementUrl)) >= 4, {
      ...DEADLINE,
      describe: 'the API’s, the three workers’ and the printer’s connections to be listed and cut',
    });
    await waitFor(() => log.filter((line) => line.endsWith('connected')).length >= 4, DEADLINE);
    const before = pipeline.status().processedTotal;
    await submit('emojiReceipt');
    await waitFor(() => pipeline.status().processedTotal === before + 5, DEADLINE);
  });
});

/** Cuts every connection of this pipeline that the management API lists; resolves to their number. */
async function closeConnections(managementUrl: string): Promise<number> {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const listed = await fetch(`${origin}/api/connections`, { headers: { authorization } });
  const connections = z
    .array(
      z.object({
        name: z.string(),
        client_properties: z.object({ connection_name: z.string().optional() }).optional(),
      }),
    )
    .parse(await listed.json())
    .filter(({ client_properties: properties }) => properties?.connection_name?.startsWith(`${names.orders}: `));
  if (connections.length < 5) return 0;
  for (const { name } of connections) {
    await fetch(`${origin}/api/connections/${encodeURIComponent(name)}`, {
      method: 'DELETE',
      headers: { authorization },
    });
  }
  return connections.length;
}

function noticeOrder(message: ConsumeMessage): string {
  return z.object({ orderId: z.string() }).parse(JSON.parse(message.content.toString())).orderId;
}

function refundOrder(message: ConsumeMessage): string {
  return z.object({ order: z.object({ id: z.string() }) }).parse(JSON.parse(message.content.toString())).order.id;
}
