import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';

/** Puts TLS in front of a service that has none, on a free loopback port. */
export interface TlsProxy {
  /** The given URL with this proxy's address in it, by the name `localhost`, and another scheme where one is given. */
  through: (url: string, scheme?: string) => string;
  close: () => Promise<void>;
}

/** For protocols that begin with TLS. */
export async function openTlsProxy(target: string, options: TlsOptions): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ ...options, minVersion: 'TLSv1.2' }, (client) => {
    joined(client, upstreamOf(target), sockets, (one, other) => {
      one.pipe(other).pipe(one);
    });
  });
  // Who is refused at the door is what these tests are about.
  server.on('tlsClientError', () => undefined);
  return await listening(server, sockets);
}

/** For MySQL's protocol, which begins in the clear, offers TLS in its greeting, and goes over to it when asked. */
export async function openMysqlTlsProxy(target: string, options: TlsOptions): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    joined(client, upstreamOf(target), sockets, (plain, upstream) => {
      void (async () => {
        const [greeting] = (await once(upstream, 'data')) as [Buffer];
        const capabilities = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
        greeting.writeUInt16LE(greeting.readUInt16LE(capabilities) | CLIENT_SSL, capabilities);
        plain.write(greeting);
        const [asked] = (await once(plain, 'data')) as [Buffer];
        if (asked.length < SSL_REQUEST_BYTES) throw new Error('The client did not ask for TLS.');
        plain.pause();
        plain.unshift(asked.subarray(SSL_REQUEST_BYTES));
        const secure = new TLSSocket(plain, { ...options, isServer: true });
        secure.on('error', () => plain.destroy());
        await signIn(secure, upstream);
        secure.pipe(upstream).pipe(secure);
      })().catch(() => plain.destroy());
    });
  });
  return await listening(server, sockets);
}

const CLIENT_SSL = 0x0800;
const SSL_REQUEST_BYTES = 36;

/** The packets of signing in: the request for TLS was one more for the client than for the server. */
async function signIn(client: TLSSocket, upstream: Socket): Promise<void> {
  let isFirst = true;
  const toServer = (chunk: Buffer) => {
    for (const packet of packetsOf(chunk)) {
      packet[3] = (packet[3] ?? 0) - 1;
      // The server never heard of TLS.
      if (isFirst) packet[5] = (packet[5] ?? 0) & ~(CLIENT_SSL >> 8);
      isFirst = false;
      upstream.write(packet);
    }
  };
  client.on('data', toServer);
  await new Promise<void>((resolve, reject) => {
    const toClient = (chunk: Buffer) => {
      for (const packet of packetsOf(chunk)) {
        packet[3] = (packet[3] ?? 0) + 1;
        client.write(packet);
        if (packet[4] !== 0x00 && packet[4] !== 0xff) continue;
        upstream.off('data', toClient);
        client.off('data', toServer);
        resolve();
      }
    };
    upstream.on('data', toClient);
    client.on('close', () => {
      reject(new Error('The client went.'));
    });
  });
}

function packetsOf(chunk: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 4 <= chunk.length;) {
    const end = at + 4 + chunk.readUIntLE(at, 3);
    packets.push(chunk.subarray(at, end));
    at = end;
  }
  return packets;
}

function upstreamOf(target: string): Socket {
  const { hostname, port } = new URL(target);
  return connect(Number(port), hostname);
}

function joined<Client extends Socket>(
  client: Client,
  upstream: Socket,
  sockets: Set<Socket>,
  begin: (client: Client, upstream: Socket) => void,
): void {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  }
  begin(client, upstream);
}

async function listening(server: Server, sockets: Set<Socket>): Promise<TlsProxy> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    through: (url, scheme) => {
      const changed = new URL(scheme === undefined ? url : url.replace(/^\w+/, scheme));
      changed.hostname = 'localhost';
      changed.port = String(port);
      return changed.href;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
