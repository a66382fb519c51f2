import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { FAULTS, FAULT_NAMES, createFaults } from '../../../examples/orders/faults.ts';
import { readRunSettings } from '../../../examples/orders/options.ts';
import { renderState } from '../../../examples/orders/page.ts';
import { createProcessedLog } from '../../../examples/orders/processed.ts';
import { obstacleIn } from '../../../examples/orders/queue-depths.ts';
import type { ExampleStatus } from '../../../examples/orders/status.ts';
import { DEAD_QUEUES, namesFor } from '../../../examples/orders/topology.ts';

describe('the settings of a run', () => {
  it('have defaults for all but the broker', () => {
    const read = readRunSettings([], { AMQP_URL: 'amqp://localhost', EXAMPLE_PORT: '' });
    expect(read).toMatchObject({
      settings: { 'business-workers': 1, consumers: 1, interval: 5_000, 'failure-interval': 20_000, EXAMPLE_PORT: 0 },
    });
  });

  it('are refused with every problem at once', () => {
    const read = readRunSettings(['--business-workers', 'many', '--interval', '0'], { EXAMPLE_PORT: '70000' });
    expect(read).toEqual({
      problems: [
        expect.stringMatching(/^--business-workers: /),
        expect.stringMatching(/^--interval: /),
        'AMQP_URL: is not set',
        expect.stringMatching(/^EXAMPLE_PORT: /),
      ],
    });
    expect(readRunSettings(['--nonsense'], { AMQP_URL: 'amqp://localhost' })).toHaveProperty('problems.length', 1);
  });
});

describe('the names on the broker', () => {
  it('are the dead queues that the office is told to watch, when there is no prefix', () => {
    expect(Object.values(namesFor().deadQueues)).toEqual(DEAD_QUEUES);
  });
});

describe('the causes of failure', () => {
  it('are all broken at the start, and tell of changes only', () => {
    const faults = createFaults();
    const changes: unknown[] = [];
    faults.onChange((name, broken) => changes.push([name, broken]));
    expect(FAULT_NAMES.every((name) => faults.isBroken(name))).toBe(true);
    faults.set('ledger', true);
    faults.set('ledger', false);
    faults.set('ledger', false);
    expect(changes).toEqual([['ledger', false]]);
    expect(FAULTS.map(({ name }) => name)).toEqual(FAULT_NAMES);
  });
});

describe('the stream of orders', () => {
  const depths = (dead: number, work: number) => ({
    dead: () => ({ 'orders.dead': dead, 'notice.dead': null }),
    work: () => ({ 'orders.cancel': work }),
  });

  it('stops while dead messages or work pile up', () => {
    expect(obstacleIn(depths(199, 999), 200, 1_000)).toBeNull();
    expect(obstacleIn(depths(200, 0), 200, 1_000)).toContain('is the office away?');
    expect(obstacleIn(depths(0, 1_000), 200, 1_000)).toContain('wait for the workers');
  });
});

describe('what was processed', () => {
  const entry = (orderId: string, content: Buffer) => {
    const message = {
      content,
      fields: { exchange: 'orders', routingKey: 'k', redelivered: false, deliveryTag: 1, consumerTag: 'c' },
      properties: { messageId: `m-${orderId}`, headers: { n: 1 } },
    };
    return { worker: 'w', queue: 'orders.cancel', orderIds: [orderId], message: message as unknown as ConsumeMessage };
  };

  it('is found by order and message, newest first, as it was received', () => {
    const log = createProcessedLog();
    log.add(entry('A', Buffer.from('{"한글":1}')));
    log.add(entry('B', Buffer.from([0xff, 0x00])));
    log.add(entry('A', Buffer.from('second')));
    expect(log.find({ orderId: 'A' }, 10).map(({ body }) => body.text)).toEqual(['second', '{"한글":1}']);
    expect(log.find({ messageId: 'm-B' }, 10)).toMatchObject([
      { body: { encoding: 'base64', text: '/wA=' }, bodySize: 2, headers: { n: 1 }, routingKey: 'k' },
    ]);
    expect(log.find({ queue: 'elsewhere' }, 10)).toEqual([]);
  });

  it('is bounded, while the counts go on', () => {
    const log = createProcessedLog();
    for (let i = 0; i < 1_500; i += 1) log.add(entry(String(i), Buffer.alloc(20_000, 'x')));
    const kept = log.find({}, 10_000);
    expect(kept.length).toBeLessThanOrEqual(1_000);
    expect(JSON.stringify(kept).length).toBeLessThan(9 * 1024 * 1024);
    expect(kept[0]).toMatchObject({ orderIds: ['1499'], bodySize: 20_000, body: { truncated: true } });
    expect(log.counts()).toEqual({ 'orders.cancel': 1_500 });
  });
});

describe('the page', () => {
  const status: ExampleStatus = {
    broker: 'connected',
    startedAt: '2026-11-22T07:18:00.000Z',
    pausedBecause: null,
    failed: 3,
    processedTotal: 7,
    receiptPrinterCrashes: 0,
    faults: FAULTS.map((fault) => ({ ...fault, broken: fault.name === 'ledger', failed: 1 })),
    queues: [{ name: '<img src=x>', dead: false, processed: 1, waiting: null }],
  };

  it('escapes what comes from outside', () => {
    const html = renderState({ ...status, pausedBecause: '<b>&' }, 'http://127.0.0.1:8080/?a="><script>');
    expect(html).not.toMatch(/<img|<script|<b>/);
    expect(html).toContain('&lt;b&gt;&amp;');
  });

  it('offers one button for each cause: to fix what is broken, to break what is fixed', () => {
    const html = renderState(status, null);
    expect(html.match(/<button /g)).toHaveLength(FAULTS.length);
    expect(html).toContain('aria-label="Fix ledger"');
    expect(html).toContain('aria-label="Break order-api"');
    expect(html).not.toContain('Open the console');
  });
});
