import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openConnection } from '../../../server/amqp/connection.ts';
import { waitFor } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

let wire: Wire;
let proxy: TcpProxy;
beforeEach(async () => {
  wire = await openWire();
  proxy = await openTcpProxy(wire.url);
  wire.undo(() => proxy.close());
});
afterEach(() => wire.close());

describe('A connection', () => {
  it('says who it is to the broker', async () => {
    const connection = wire.connect({ name: 'dead-letter-office test' });
    const session = await connection.connected(5000);
    expect(session.frameMax).toBe(131_072);
    expect(session.serverVersion).toMatch(/^\d+\.\d+/);
    expect(connection.state).toMatchObject({ status: 'connected', lastError: null, blocked: null });
  });

  it('comes back after every cut, each time as a new session', async () => {
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const sessions: number[] = [];
    const statuses: string[] = [];
    connection.onConnected(({ id }) => sessions.push(id));
    connection.onStateChange(({ status }) => statuses.push(status));
    for (let life = 1; life <= 3; life++) {
      const session = await connection.connected(5000);
      let ended = 0;
      session.onEnd(() => ended++);
      proxy.cut();
      await waitFor(() => session.ended);
      expect(ended).toBe(1);
      await expect(session.openChannel()).rejects.toThrow(/ended/);
      await waitFor(() => sessions.length === life + 1);
    }
    expect(new Set(sessions).size).toBe(4);
    expect(statuses.filter((status, n) => status !== statuses[n - 1])).toEqual([
      'connected',
      ...['connecting', 'connected', 'connecting', 'connected', 'connecting', 'connected'],
    ]);
  });

  it('keeps trying while the broker is away, and says why', async () => {
    await proxy.refuse();
    const connection = wire.connect({ url: proxy.through(wire.url) });
    await waitFor(() => connection.state.lastError);
    expect(connection.state).toMatchObject({ status: 'connecting' });
    expect(connection.state.lastError).toMatch(/ECONNREFUSED/);
    await expect(connection.connected(50)).rejects.toThrow(/ECONNREFUSED/);
    await proxy.accept();
    await connection.connected(5000);
  });

  it('gives up an attempt that gets no answer, and tries again', async () => {
    proxy.stall();
    const connection = wire.connect({ url: proxy.through(wire.url), connectTimeoutMs: 200 });
    await waitFor(() => connection.state.lastError);
    proxy.flow();
    await connection.connected(5000);
  });

  it('notices a peer that is silent for two heartbeats', async () => {
    const connection = wire.connect({ url: proxy.through(wire.url), heartbeat: 1 });
    const session = await connection.connected(5000);
    proxy.stall();
    await waitFor(() => session.ended, { deadlineMs: 8000 });
    expect(connection.state.lastError).toMatch(/[Hh]eartbeat/);
    proxy.flow();
  });

  it('says that the credentials are wrong, and never shows a password', async () => {
    const url = new URL(wire.url);
    url.password = 'wrong-secret';
    const connection = wire.connect({ url: url.href });
    await waitFor(() => connection.state.lastError);
    expect(connection.state.lastError).toMatch(/ACCESS_REFUSED/);
    expect(JSON.stringify(connection.state)).not.toContain('wrong-secret');
  });

  it.each(['http://localhost', 'nonsense', ''])('refuses what is no URL of RabbitMQ: %s', (url) => {
    expect(() => openConnection({ url, name: 'test', logger: silentLogger })).toThrow(/URL of RabbitMQ/);
  });
});

describe('Closing a connection', () => {
  it('ends its session, and no other comes', async () => {
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const session = await connection.connected(5000);
    await connection.close();
    expect(session.ended).toBe(true);
    expect(connection.session).toBeNull();
    expect(connection.state.status).toBe('closed');
    await waitFor(() => proxy.connections() === 0);
    await expect(connection.connected(100)).rejects.toThrow(/closed/);
  });

  it('does not wait longer than 5 s for a peer that does not answer', async () => {
    const connection = wire.connect({ url: proxy.through(wire.url) });
    await connection.connected(5000);
    proxy.stall();
    const start = performance.now();
    await connection.close();
    expect(performance.now() - start).toBeLessThan(6000);
    expect(connection.state.status).toBe('closed');
  });

  it('stops the attempts', async () => {
    await proxy.refuse();
    const connection = wire.connect({ url: proxy.through(wire.url) });
    await waitFor(() => connection.state.lastError);
    await connection.close();
    await proxy.accept();
    expect(connection.state.status).toBe('closed');
    expect(proxy.connections()).toBe(0);
  });
});
