import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';

import type { Logger } from 'pino';

/** A listening HTTP server. */
export interface Listening {
  /** Where it can be reached, without a slash at the end. */
  url: string;
  /** Stops accepting, lets answers that are under way end within `graceMs`, then cuts them off. */
  close: (graceMs?: number) => Promise<void>;
  /** Reads key and certificate anew, for connections from now on. What cannot be read changes nothing. */
  reloadCertificate: () => void;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** Serves HTTPS with this key and certificate (PEM; the chain behind the certificate in the same file). */
  tls?: { keyFile: string; certFile: string } | null;
  /** A proxy keeps connections to us; then they are ours to close only long after it would. */
  behindProxy?: boolean;
  logger?: Logger;
  /** In ms; default: see `LIMITS`. */
  limits?: Partial<Record<'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval', number>>;
}

/** What a client may take: time for its headers and for its whole request in ms, room for headers, connections. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  // What Node.js would let pass of malformed requests, two servers in a row could read as two different ones.
  insecureHTTPParser: false,
  requireHostHeader: true,
} as const satisfies ServerOptions;
const MAX_HEADERS = 100;
const MAX_CONNECTIONS = 2_000;
/** How long an idle connection is kept, in ms. Proxies keep theirs for a minute and must be the first to end them. */
const KEEP_ALIVE_MS = { direct: 5_000, behindProxy: 75_000 };
/** How often key and certificate are looked at, in ms. */
const CERTIFICATE_EVERY_MS = 10_000;

/** @throws the system's error when the address is in use or not allowed; an error in words when key or certificate are not usable. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, tls = null, behindProxy = false, logger } = options;
  const limits = {
    ...LIMITS,
    ...options.limits,
    keepAliveTimeout: behindProxy ? KEEP_ALIVE_MS.behindProxy : KEEP_ALIVE_MS.direct,
  };
  const secure = tls === null ? null : createTlsServer({ ...limits, ...readTls(tls), minVersion: 'TLSv1.2' }, app);
  const server = secure ?? createServer(limits, app);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  const reloadCertificate = () => {
    if (tls === null || secure === null) return;
    try {
      secure.setSecureContext({ ...readTls(tls), minVersion: 'TLSv1.2' });
      logger?.info('The certificate of the console was read anew.');
    } catch (error) {
      logger?.error({ err: error }, 'The certificate of the console cannot be used; the one before it stays.');
    }
  };
  const files = tls === null ? [] : [tls.keyFile, tls.certFile];
  for (const file of files) watchFile(file, { interval: CERTIFICATE_EVERY_MS, persistent: false }, reloadCertificate);
  return {
    url: urlOf(server.address() as AddressInfo, secure === null ? 'http' : 'https'),
    reloadCertificate,
    close: async (graceMs = 5000) => {
      for (const file of files) unwatchFile(file, reloadCertificate);
      await close(server, graceMs);
    },
  };
}

function readTls({ keyFile, certFile }: { keyFile: string; certFile: string }): { key: Buffer; cert: Buffer } {
  const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)];
  try {
    createSecureContext({ key, cert });
  } catch (cause) {
    // OpenSSL's own words name neither of the files.
    throw new Error(`TLS_KEY_FILE ${keyFile} and TLS_CERT_FILE ${certFile} are no PEM key and certificate that fit.`, {
      cause,
    });
  }
  return { key, cert };
}

function urlOf({ address, port, family }: AddressInfo, scheme: string): string {
  // Listening on every interface, it is at home under the loopback address too.
  if (address === '0.0.0.0' || address === '::') return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
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
