import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on a free loopback port, for the faults of a network that no server makes on demand. */
export interface TcpProxy {
  /** The given URL with this proxy's address in it. */
  through: (url: string) => string;
  /** Connections that are open now. */
  connections: () => number;
  /** Resets every open connection, as a firewall does. New ones are taken. */
  cut: () => void;
  /** Forwards nothing more from now on, in one direction or both, without closing: a half-open network. */
  stall: (direction?: 'toServer' | 'toClient' | 'both') => void;
  /** Forwards again, first what was held back. */
  flow: () => void;
  /** Forwards nothing more on the connections that are open now, for ever and without closing them. New ones are fine. */
  strand: () => void;
  /** Holds every piece back for so many ms from now on, in both directions; 0 ends that. */
  slow: (ms: number) => void;
  /** Refuses new connections until `accept()`; open ones live on. */
  refuse: () => Promise<void>;
  accept: () => Promise<void>;
  /** Sends bytes to every client as if the server had said them; between two frames, when nothing else is on its way. */
  say: (bytes: Buffer) => void;
  /** Bytes that came from either side so far. */
  bytes: () => { toServer: number; toClient: number };
  close: () => Promise<void>;
}

export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  const stranded = new Set<Socket>();
  const stalled = { toServer: false, toClient: false };
  const bytes = { toServer: 0, toClient: 0 };
  let slowMs = 0;

  /** Writes to a socket, late when it is slow, and always in order. */
  const laneTo = (socket: Socket) => {
    const late: Buffer[] = [];
    return (chunk: Buffer): boolean => {
      if (slowMs === 0 && late.length === 0) return socket.write(chunk);
      late.push(chunk);
      setTimeout(() => {
        const next = late.shift();
        if (next !== undefined && !socket.destroyed) socket.write(next);
      }, slowMs);
      return true;
    };
  };

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const pair = { client, server: upstream };
    pairs.add(pair);
    const [toServer, toClient] = [laneTo(upstream), laneTo(client)];
    client.on('data', (chunk) => {
      bytes.toServer += chunk.length;
      if (!toServer(chunk)) client.pause();
    });
    upstream.on('drain', () => {
      if (!stalled.toServer) client.resume();
    });
    upstream.on('data', (chunk) => {
      bytes.toClient += chunk.length;
      if (!toClient(chunk)) upstream.pause();
    });
    client.on('drain', () => {
      if (!stalled.toClient) upstream.resume();
    });
    if (stalled.toServer) client.pause();
    if (stalled.toClient) upstream.pause();
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end).on('end', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;

  const cut = () => {
    for (const { client, server: upstream } of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    pairs.clear();
  };
  const refuse = async () => {
    if (!server.listening) return;
    // Its callback waits for the open connections, which shall live on.
    server.close();
    await Promise.resolve();
  };
  return {
    through: (url) => {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(address.port);
      return changed.href;
    },
    connections: () => pairs.size,
    cut,
    stall: (direction = 'both') => {
      if (direction !== 'toClient') stalled.toServer = true;
      if (direction !== 'toServer') stalled.toClient = true;
      for (const { client, server: upstream } of pairs) {
        if (stalled.toServer) client.pause();
        if (stalled.toClient) upstream.pause();
      }
    },
    flow: () => {
      stalled.toServer = stalled.toClient = false;
      for (const { client, server: upstream } of pairs) {
        client.resume();
        upstream.resume();
      }
    },
    strand: () => {
      for (const { client, server: upstream } of pairs) {
        for (const socket of [client, upstream]) {
          socket.removeAllListeners('data').removeAllListeners('drain').pause();
          stranded.add(socket);
        }
      }
      pairs.clear();
    },
    slow: (ms) => {
      slowMs = ms;
    },
    refuse,
    accept: async () => {
      if (server.listening) return;
      server.listen(address.port, '127.0.0.1');
      await once(server, 'listening');
    },
    say: (said) => {
      for (const { client } of pairs) client.write(said);
    },
    bytes: () => ({ ...bytes }),
    close: async () => {
      cut();
      for (const socket of stranded) socket.destroy();
      await refuse();
    },
  };
}
