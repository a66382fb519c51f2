import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { createSecureContext } from 'node:tls';

import { z } from 'zod';

import type { ClientTls } from './amqp/connection.ts';
import type { DatabaseTls } from './database/connect.ts';
import { codeOf } from './environment-files.ts';

/** How everything travels: to the browser, to RabbitMQ, to the database. */
export interface TransportConfig {
  /** The origin under which browsers reach the office; null: the one that it sees itself. */
  publicUrl: string | null;
  /** Proxies in front that are trusted: how many, or which; null: none. */
  trustProxy: number | readonly string[] | null;
  tls: { keyFile: string; certFile: string } | null;
  /** For amqps:// and for the management API over https://. */
  amqpTls: ClientTls;
  databaseTls: DatabaseTls | null;
}

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

const trustProxy = z.string().transform((text, context): number | readonly string[] => {
  if (/^[1-9]$/.test(text.trim())) return Number(text);
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every(isAddressRange)) return parts;
  context.addIssue(
    'must be the number of proxies in front, from 1 to 9, or their addresses and networks, such as 10.0.0.0/8,loopback',
  );
  return z.NEVER;
});

function isAddressRange(part: string): boolean {
  if (NAMED_RANGES.includes(part)) return true;
  const [address = '', bits, ...more] = part.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  // All of the internet is no proxy.
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (isIPv4(address) ? 32 : 128))
  );
}

const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
  context.addIssue('must be an origin alone, such as https://dead-letters.example.com');
  return z.NEVER;
});

const DATABASE_TLS = ['off', 'required', 'verify'] as const;

/** The variables of this part. */
export const transportVariables = {
  PUBLIC_URL: publicUrl.optional(),
  TRUST_PROXY: trustProxy.optional(),
  TLS_KEY_FILE: z.string().optional(),
  TLS_CERT_FILE: z.string().optional(),
  AMQP_CA_FILE: z.string().optional(),
  AMQP_CERT_FILE: z.string().optional(),
  AMQP_KEY_FILE: z.string().optional(),
  DATABASE_TLS: z.enum(DATABASE_TLS, `must be one of ${DATABASE_TLS.join(', ')}`).optional(),
  DATABASE_CA_FILE: z.string().optional(),
  DATABASE_CERT_FILE: z.string().optional(),
  DATABASE_KEY_FILE: z.string().optional(),
};
type TransportValues = z.infer<z.ZodObject<typeof transportVariables>>;

/** What the variables say of the way to the database. Problems are added to `problems`, each as a sentence. */
export function readDatabaseTls(
  values: Pick<TransportValues, 'DATABASE_TLS' | 'DATABASE_CA_FILE' | 'DATABASE_CERT_FILE' | 'DATABASE_KEY_FILE'>,
  databaseUrl: string,
  problems: string[],
): DatabaseTls | null {
  const files = readClientTls(
    'DATABASE',
    values.DATABASE_CA_FILE,
    values.DATABASE_CERT_FILE,
    values.DATABASE_KEY_FILE,
    problems,
  );
  const hasFiles = Object.keys(files).length > 0;
  const mode = values.DATABASE_TLS ?? (hasFiles ? 'verify' : 'off');
  if (mode === 'off') {
    if (hasFiles) problems.push('DATABASE_TLS is off, but certificates for it are given: leave one of them away.');
    return null;
  }
  // The driver checks names only.
  if (mode === 'verify' && isIP(new URL(databaseUrl).hostname.replace(/^\[|\]$/g, '')) !== 0) {
    problems.push(
      'DATABASE_TLS=verify needs the name of the server in DATABASE_URL, as it is in its certificate, not its address.',
    );
  }
  return { ...files, verified: mode === 'verify' };
}

/** What the variables say of how everything travels. Problems are added to `problems`, each as a sentence. */
export function readTransport(
  values: TransportValues & { AMQP_URL: string; RABBITMQ_MANAGEMENT_URL?: string | undefined; DATABASE_URL: string },
  problems: string[],
): TransportConfig {
  const { TLS_KEY_FILE: keyFile, TLS_CERT_FILE: certFile } = values;
  if ((keyFile === undefined) !== (certFile === undefined)) {
    problems.push('TLS_KEY_FILE and TLS_CERT_FILE belong together: both, or none.');
  }
  const amqpTls = readClientTls('AMQP', values.AMQP_CA_FILE, values.AMQP_CERT_FILE, values.AMQP_KEY_FILE, problems);
  const isAmqpOverTls = [values.AMQP_URL, values.RABBITMQ_MANAGEMENT_URL].some((url) =>
    /^(amqps|https):/.test(url ?? ''),
  );
  if (Object.keys(amqpTls).length > 0 && !isAmqpOverTls) {
    problems.push(
      'AMQP_CA_FILE, AMQP_CERT_FILE and AMQP_KEY_FILE are for amqps:// and https://, and neither is asked for.',
    );
  }
  return {
    publicUrl: values.PUBLIC_URL ?? null,
    trustProxy: values.TRUST_PROXY ?? null,
    tls: keyFile === undefined || certFile === undefined ? null : { keyFile, certFile },
    amqpTls,
    databaseTls: readDatabaseTls(values, values.DATABASE_URL, problems),
  };
}

function readClientTls(
  prefix: string,
  caFile: string | undefined,
  certFile: string | undefined,
  keyFile: string | undefined,
  problems: string[],
): ClientTls {
  const read = (name: string, file: string | undefined): Buffer | undefined => {
    if (file === undefined) return undefined;
    try {
      return readFileSync(file);
    } catch (error) {
      problems.push(`${prefix}_${name}_FILE: ${file} cannot be read (${codeOf(error)}).`);
      return undefined;
    }
  };
  const [ca, cert, key] = [read('CA', caFile), read('CERT', certFile), read('KEY', keyFile)];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problems.push(`${prefix}_CERT_FILE and ${prefix}_KEY_FILE belong together: both, or none.`);
    return {};
  }
  const tls = { ...(ca && { ca }), ...(cert && key && { cert, key }) };
  try {
    createSecureContext(tls);
  } catch {
    problems.push(
      `${prefix}_CA_FILE, ${prefix}_CERT_FILE and ${prefix}_KEY_FILE hold no PEM certificates and key that fit.`,
    );
  }
  return tls;
}
