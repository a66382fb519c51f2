import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OFFICE_HEADER, openPublisher, type Publisher, type PublishRequest } from '../../../server/amqp/publisher.ts';
import { waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { idOf, openWire, resend, silentLogger, type Wire } from '../../support/wire.ts';

const MiB = 1024 * 1024;

let wire: Wire;
let publisher: Publisher;

beforeEach(async () => {
  wire = await openWire();
  const connection = wire.connect();
  publisher = openPublisher({ connection, logger: silentLogger });
  wire.undo(() => publisher.close());
  await connection.connected(5000);
});
afterEach(() => wire.close());

const send = (request: Partial<PublishRequest> & Pick<PublishRequest, 'exchange' | 'routingKey'>) =>
  publisher.publish({ contents: resend('one'), deadlineMs: 10_000, ...request });

/** Takes at most one message, and nacks what is over. */
const fullQueue = async () => {
  const queue = await wire.queue({ maxLength: 1, overflow: 'reject-publish' });
  await send({ exchange: '', routingKey: queue, contents: resend('fills it') });
  return queue;
};

describe('A publish is', () => {
  it('confirmed when the broker has it in a queue', async () => {
    const queue = await wire.queue();
    expect(await send({ exchange: '', routingKey: queue })).toEqual({ outcome: 'confirmed', code: null });
    expect((await wire.drain(queue)).map(idOf)).toEqual(['one']);
  });

  it('unroutable when no queue is bound for its key', async () => {
    const exchange = await wire.exchange('topic');
    expect(await send({ exchange, routingKey: 'nobody.cares' })).toEqual({
      outcome: 'unroutable',
      code: 'item.noRoute',
      replyCode: 312,
      replyText: 'NO_ROUTE',
    });
  });

  it('unroutable when the queue that it is sent to by name does not exist', async () => {
    expect(await send({ exchange: '', routingKey: 'test.no-such-queue' })).toMatchObject({
      outcome: 'unroutable',
      code: 'item.queueMissing',
    });
  });

  it('unroutable without our header, and with two of them, of which the broker keeps one', async () => {
    const exchange = await wire.exchange('direct');
    const plain = { properties: {}, body: Buffer.from('plain') };
    const twice = resend('ours', 'twice', [{ name: OFFICE_HEADER, type: 'string', value: 'of another office' }]);
    const good = { exchange: '', routingKey: await wire.queue() };
    await send(good);
    const results = await Promise.all([
      send({ exchange, routingKey: 'k', contents: plain }),
      send({ exchange, routingKey: 'k', contents: twice }),
      send({ exchange, routingKey: 'k', contents: plain }),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['unroutable', 'unroutable', 'unroutable']);
  });

  it('matched to its own return, when routed and unroutable ones alternate on one exchange', async () => {
    const [exchange, queue] = [await wire.exchange('direct'), await wire.queue()];
    await wire.channel.bindQueue(queue, exchange, 'even');
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const key = (n: number) => (n % 2 === 0 ? 'even' : 'odd');
    const results = await Promise.all(
      numbers.map((n) => send({ exchange, routingKey: key(n), contents: resend(`m${n}`) })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(
      numbers.map((n) => (n % 2 === 0 ? 'confirmed' : 'unroutable')),
    );
    expect((await wire.drain(queue)).map(idOf)).toEqual(numbers.filter((n) => n % 2 === 0).map((n) => `m${n}`));
  });

  it('refused when the exchange does not exist', async () => {
    const result = await send({ exchange: 'test.no-such-exchange', routingKey: 'k' });
    expect(result).toMatchObject({ outcome: 'refused', code: 'item.exchangeMissing', replyCode: 404 });
    expect(result.replyText).toMatch(/no exchange 'test\.no-such-exchange'/);
  });

  it('refused when the exchange is deleted after it was found', async () => {
    const exchange = await wire.exchange('fanout');
    await send({ exchange, routingKey: 'k' });
    await wire.channel.deleteExchange(exchange);
    expect(await send({ exchange, routingKey: 'k' })).toMatchObject({
      outcome: 'refused',
      code: 'item.exchangeMissing',
      replyCode: 404,
    });
  });

  it('refused when the exchange is internal', async () => {
    const exchange = await wire.exchange('fanout', { internal: true });
    expect(await send({ exchange, routingKey: 'k' })).toMatchObject({
      outcome: 'refused',
      code: 'item.exchangeInternal',
      replyCode: 403,
    });
  });

  it('refused when its only queue is full and rejects', async () => {
    const queue = await fullQueue();
    expect(await send({ exchange: '', routingKey: queue })).toEqual({ outcome: 'refused', code: 'item.nacked' });
    expect((await wire.drain(queue)).map(idOf)).toEqual(['fills it']);
  });

  it('unknown when one of several queues rejects, because another may have taken it', async () => {
    const [exchange, full, other] = [await wire.exchange('fanout'), await fullQueue(), await wire.queue()];
    await wire.channel.bindQueue(full, exchange, '');
    await wire.channel.bindQueue(other, exchange, '');
    expect(await send({ exchange, routingKey: 'k' })).toEqual({
      outcome: 'unknown',
      code: 'item.nackedByOneOfSeveral',
    });
    expect((await wire.drain(other)).map(idOf)).toEqual(['one']);
  });

  it('refused when the caller knows that the rejecting queue is the only one', async () => {
    const [exchange, full] = [await wire.exchange('fanout'), await fullQueue()];
    await wire.channel.bindQueue(full, exchange, '');
    expect(await send({ exchange, routingKey: 'k', targetQueues: 1 })).toMatchObject({ outcome: 'refused' });
  });

  it('refused past the size that this broker takes, else confirmed', async () => {
    const queue = await wire.queue();
    const result = await send({ exchange: '', routingKey: queue, contents: resend('large', Buffer.alloc(17 * MiB)) });
    const version = await serverVersion();
    if (Number(version.split('.')[0]) >= 4) {
      expect(result).toMatchObject({ outcome: 'refused', code: 'item.tooLarge', replyCode: 406 });
      expect(await wire.drain(queue)).toEqual([]);
    } else {
      expect(result).toEqual({ outcome: 'confirmed', code: null });
      expect((await wire.drain(queue)).map(({ body }) => body.length)).toEqual([17 * MiB]);
    }
  });

  it('refused when its user_id is not the user of the connection', async () => {
    const queue = await wire.queue();
    const contents = resend('one');
    contents.properties.userId = 'somebody-else';
    expect(await send({ exchange: '', routingKey: queue, contents })).toMatchObject({
      outcome: 'refused',
      code: 'item.preconditionFailed',
      replyCode: 406,
    });
  });

  it('failed when no connection comes in time, and nothing leaves later', async () => {
    const queue = await wire.queue();
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    await proxy.refuse();
    const lonely = openPublisher({ connection: wire.connect({ url: proxy.through(wire.url) }), logger: silentLogger });
    wire.undo(() => lonely.close());
    const result = await lonely.publish({ exchange: '', routingKey: queue, contents: resend('one'), deadlineMs: 200 });
    expect(result).toMatchObject({ outcome: 'failed', code: 'item.brokerAway' });
    expect(result.replyText).toMatch(/ECONNREFUSED/);

    await proxy.accept();
    const next = await lonely.publish({ exchange: '', routingKey: queue, contents: resend('two'), deadlineMs: 5000 });
    expect(next.outcome).toBe('confirmed');
    expect((await wire.drain(queue)).map(idOf)).toEqual(['two']);
  });

  it('failed when the caller withdraws it right before it would leave', async () => {
    const queue = await wire.queue();
    expect(await send({ exchange: '', routingKey: queue, mayLeave: () => false })).toEqual({
      outcome: 'failed',
      code: 'item.operationEnded',
    });
    expect(await wire.drain(queue)).toEqual([]);
  });
});

describe('A publish is refused before it leaves', () => {
  const refusals: [why: string, change: (request: PublishRequest) => void, code: string][] = [
    ['its expiration is no number', (r) => (r.contents.properties.expiration = 'soon'), 'item.preconditionFailed'],
    ['its expiration is too far', (r) => (r.contents.properties.expiration = '4294967296'), 'item.preconditionFailed'],
    [
      'it asks for a direct reply',
      (r) => (r.contents.properties.replyTo = 'amq.rabbitmq.reply-to'),
      'item.preconditionFailed',
    ],
    [
      'its CC is not a list',
      (r) => r.contents.headers?.push({ name: 'CC', type: 'string', value: 'k' }),
      'item.preconditionFailed',
    ],
    [
      'its BCC is not a list of strings',
      (r) => r.contents.headers?.push({ name: 'BCC', type: 'array', value: [{ type: 'int8', value: 1 }] }),
      'item.preconditionFailed',
    ],
    [
      'a header is not a number',
      (r) => r.contents.headers?.push({ name: 'n', type: 'array', value: [{ type: 'double', value: 'NaN' }] }),
      'item.notExact',
    ],
    [
      'a header could not be read',
      (r) => r.contents.headers?.push({ name: 'n', type: 'unparsed', value: 'AAAA' }),
      'item.notExact',
    ],
    ['a property is too long', (r) => (r.contents.properties.type = 'x'.repeat(256)), 'item.notExact'],
    [
      'its headers do not fit a frame',
      (r) => r.contents.headers?.push({ name: 'trace', type: 'string', value: 'x'.repeat(131_072) }),
      'item.headersTooLarge',
    ],
  ];

  it.each(refusals)('when %s, and nothing else is disturbed', async (_why, change, code) => {
    const queue = await wire.queue();
    const request: PublishRequest = { exchange: '', routingKey: queue, contents: resend('bad'), deadlineMs: 5000 };
    change(request);
    const good = (id: string) => send({ exchange: '', routingKey: queue, contents: resend(id) });
    const results = await Promise.all([good('before'), publisher.publish(request), good('after')]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['confirmed', 'refused', 'confirmed']);
    expect(results[1].code).toBe(code);
    expect((await wire.drain(queue)).map(idOf)).toEqual(['before', 'after']);
  });

  it('but headers of more than the 65,536 bytes that amqplib takes are sent', async () => {
    const queue = await wire.queue();
    const trace = { name: 'trace', type: 'string' as const, value: 'x'.repeat(120_000) };
    const result = await send({ exchange: '', routingKey: queue, contents: resend('long', 'b', [trace]) });
    expect(result.outcome).toBe('confirmed');
    const [arrived] = await wire.drain(queue);
    expect(arrived?.headers).toContainEqual(trace);
  });
});

describe('Among a thousand good ones', () => {
  it('each bad one has its own outcome, and the queue holds exactly what was confirmed', async () => {
    const [exchange, internal] = [await wire.exchange('direct'), await wire.exchange('fanout', { internal: true })];
    const [queue, full] = [await wire.queue(), await fullQueue()];
    await wire.channel.bindQueue(queue, exchange, 'good');
    await wire.channel.bindQueue(full, exchange, 'full');
    const stranger = resend('stranger');
    stranger.properties.userId = 'somebody-else';
    const bad: [id: string, request: Omit<PublishRequest, 'deadlineMs'>, outcome: string][] = [
      ['missing', { exchange: 'test.missing', routingKey: 'good', contents: resend('missing') }, 'refused'],
      ['no route', { exchange, routingKey: 'nowhere', contents: resend('no route') }, 'unroutable'],
      ['internal', { exchange: internal, routingKey: 'good', contents: resend('internal') }, 'refused'],
      ['nacked', { exchange, routingKey: 'full', contents: resend('nacked'), targetQueues: 1 }, 'refused'],
      ['stranger', { exchange, routingKey: 'good', contents: stranger }, 'refused'],
      [
        'no header',
        { exchange, routingKey: 'nowhere', contents: { properties: {}, body: Buffer.from('x') } },
        'unroutable',
      ],
    ];
    const expected = new Map<string, string>();
    const sent: Promise<[string, string]>[] = [];
    const submit = (id: string, request: Omit<PublishRequest, 'deadlineMs'>, outcome: string) => {
      expected.set(id, outcome);
      sent.push(publisher.publish({ ...request, deadlineMs: 20_000 }).then((result) => [id, result.outcome]));
    };
    for (let n = 0; n < 1000; n++) {
      const kind = n >= 500 ? bad[n - 500] : undefined;
      if (kind) submit(...kind);
      submit(`good ${n}`, { exchange, routingKey: 'good', contents: resend(`good ${n}`) }, 'confirmed');
    }
    const outcomes = new Map(await Promise.all(sent));

    expect(outcomes).toEqual(expected);
    const confirmed = [...expected].filter(([, outcome]) => outcome === 'confirmed').map(([id]) => id);
    expect((await wire.drain(queue)).map(idOf)).toEqual(confirmed);
  });
});

describe('When the network fails', () => {
  const openThrough = async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const cuttable = openPublisher({ connection, logger: silentLogger });
    wire.undo(() => cuttable.close(0));
    const queue = await wire.queue();
    const to = (id: string, deadlineMs: number) =>
      cuttable.publish({ exchange: '', routingKey: queue, contents: resend(id), deadlineMs });
    expect((await to('first', 5000)).outcome).toBe('confirmed');
    return { proxy, queue, to };
  };

  it('no confirm by the deadline is unknown, though the broker has it; a late confirm changes nothing', async () => {
    const { proxy, queue, to } = await openThrough();
    proxy.stall('toClient');
    expect(await to('late', 300)).toEqual({ outcome: 'unknown', code: 'item.noConfirm' });
    await waitFor(async () => (await wire.channel.checkQueue(queue)).messageCount === 2);
    proxy.flow();
    expect((await to('next', 5000)).outcome).toBe('confirmed');
    expect((await wire.drain(queue)).map(idOf)).toEqual(['first', 'late', 'next']);
  });

  it('a half-open connection makes it unknown, too', async () => {
    const { proxy, queue, to } = await openThrough();
    proxy.stall('both');
    expect(await to('lost', 300)).toEqual({ outcome: 'unknown', code: 'item.noConfirm' });
    proxy.cut();
    proxy.flow();
    expect((await to('next', 5000)).outcome).toBe('confirmed');
    expect((await wire.drain(queue)).map(idOf)).toEqual(['first', 'next']);
  });

  it('a connection that is cut makes what is in flight unknown; what waits goes over the next one', async () => {
    const { proxy, queue, to } = await openThrough();
    proxy.stall('toClient');
    const inFlight = ['a', 'b', 'c'].map((id) => to(id, 10_000));
    await waitFor(async () => (await wire.channel.checkQueue(queue)).messageCount === 4);
    proxy.flow();
    proxy.cut();
    const results = await Promise.all(inFlight);
    expect(new Set(results.map(({ code }) => code))).toEqual(new Set(['item.connectionLost']));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
    expect((await to('next', 5000)).outcome).toBe('confirmed');
  });
});

describe('When an alarm of the broker blocks publishing', () => {
  /** A frame of the class `connection` on channel 0. */
  const frame = (method: number, args: Buffer) => {
    const payload = Buffer.concat([Buffer.from([0, 10, 0, method]), args]);
    const head = Buffer.from([1, 0, 0, 0, 0, 0, payload.length]);
    return Buffer.concat([head, payload, Buffer.from([0xce])]);
  };
  const blocked = frame(60, Buffer.concat([Buffer.from([10]), Buffer.from('low on mem')]));
  const unblocked = frame(61, Buffer.alloc(0));

  it('nothing leaves: it is sent when the alarm is over, or failed when that takes too long', async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const waiting = openPublisher({ connection, logger: silentLogger });
    wire.undo(() => waiting.close());
    const queue = await wire.queue();
    const to = (id: string, deadlineMs: number) =>
      waiting.publish({ exchange: '', routingKey: queue, contents: resend(id), deadlineMs });
    expect((await to('before', 5000)).outcome).toBe('confirmed');

    proxy.say(blocked);
    await waitFor(() => connection.state.blocked === 'low on mem');
    const patient = to('patient', 10_000);
    expect(await to('impatient', 200)).toEqual({
      outcome: 'failed',
      code: 'item.brokerAway',
      replyText: 'RabbitMQ takes no messages now: low on mem',
    });
    expect((await wire.channel.checkQueue(queue)).messageCount).toBe(1);
    proxy.say(unblocked);
    expect((await patient).outcome).toBe('confirmed');
    expect((await wire.drain(queue)).map(idOf)).toEqual(['before', 'patient']);
  });
});

describe('Many at once', () => {
  it('arrive in the order in which they were given, per exchange', async () => {
    const queue = await wire.queue();
    const narrow = openPublisher({ connection: wire.connect(), logger: silentLogger, maxInFlight: 4 });
    wire.undo(() => narrow.close());
    const ids = Array.from({ length: 300 }, (_, n) => `m${n}`);
    const results = await Promise.all(
      ids.map((id) => narrow.publish({ exchange: '', routingKey: queue, contents: resend(id), deadlineMs: 10_000 })),
    );
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['confirmed']));
    expect((await wire.drain(queue)).map(idOf)).toEqual(ids);
  });

  it('ends every one of them with an outcome when it is closed in the middle', async () => {
    const queue = await wire.queue();
    const closing = openPublisher({ connection: wire.connect(), logger: silentLogger, maxInFlight: 8 });
    const sent = Array.from({ length: 500 }, (_, n) =>
      closing.publish({ exchange: '', routingKey: queue, contents: resend(`m${n}`), deadlineMs: 10_000 }),
    );
    await sent[20];
    await closing.close();
    const results = await Promise.all(sent);
    const confirmed = results.filter(({ outcome }) => outcome === 'confirmed').length;
    expect(results.filter(({ outcome }) => outcome === 'failed').length).toBe(500 - confirmed);
    expect((await wire.drain(queue)).length).toBe(confirmed);
  });
});

async function serverVersion(): Promise<string> {
  return (await wire.connect().connected(5000)).serverVersion;
}
