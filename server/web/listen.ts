import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening HTTP server. */
export interface Listening {
  /** Where it can be reached, without a slash at the end. */
  url: string;
  /** Stops accepting, lets answers that are under way end within `graceMs`, then cuts them off. */
  close: (graceMs?: number) => Promise<void>;
}

/** @throws the system's error when the address is in use or not allowed. */
export async function listen(app: RequestListener, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: urlOf(server.address() as AddressInfo), close: (graceMs = 5000) => close(server, graceMs) };
}

function urlOf({ address, port, family }: AddressInfo): string {
  // Listening on every interface, it is at home under the loopback address too.
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const force = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(force);
}
