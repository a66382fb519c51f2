import { z } from 'zod';

import { withFiles } from './environment-files.ts';
import { parseContentKeys, type ContentKey } from './encryption/content-keys.ts';
import { readSealKeys, type SealKey } from './audit/seal-keys.ts';
import type { StreamPlace } from './audit/stream-target.ts';
import {
  singleSignOnOf,
  singleSignOnProblems,
  singleSignOnVariables,
  type SingleSignOnConfig,
} from './access/oidc/oidc-config.ts';
import { DEFAULT_BUSINESS_KEYS, parseBusinessKeyRules, type BusinessKeyRule } from './orders/business-keys.ts';
import { readDatabaseTls, readTransport, transportVariables, type TransportConfig } from './transport-config.ts';

/** Everything that the environment says, checked. The variables and their defaults are in the README. */
export interface Config extends TransportConfig {
  amqpUrl: string;
  databaseUrl: string;
  deadQueues: string[];
  managementUrl: string | null;
  http: { host: string; port: number };
  administrator: { username: string; password: string | null };
  businessKeys: BusinessKeyRule[];
  intakeJournalDir: string;
  /** Only what was set; the intake has its own defaults. Messages, bytes and ms. */
  intake: { prefetch?: number; batchMessages?: number; batchBytes?: number; batchMs?: number };
  quietPeriodMs: number;
  /** After which a session ends: unused, and at the latest. In ms. */
  session: { idleMs: number; longestMs: number };
  logLevel: LogLevel;
  /** The first one encrypts contents, all of them decrypt; none: contents are stored as they are. */
  contentKeys: ContentKey[];
  /** Keys that audit events are sealed with, the newest first; none: they are not. Where they are written besides. */
  audit: { sealKeys: SealKey[]; stream: StreamPlace | null };
  /** Null: nobody signs in by an identity provider. */
  singleSignOn: SingleSignOnConfig | null;
  /** Whether usernames and passwords of the office itself are taken. */
  localSignIn: boolean;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment has mistakes; every one of them is in `problems`, as a sentence without secrets. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`);
    this.problems = problems;
  }
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS_MS;

const duration = z.string().transform((text, context) => {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (match?.[1] !== undefined && match[2] !== undefined) return Number(match[1]) * UNITS_MS[match[2] as Unit];
  context.addIssue('must be a number with a unit, such as 15m, 90s or 2h');
  return z.NEVER;
});

const sessionTime = duration.refine((ms) => ms >= 1000, 'must be at least 1s');

function url(protocols: readonly string[], example: string) {
  return z.string().transform((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    if (parsed !== null && protocols.includes(parsed.protocol) && parsed.hostname !== '') return text;
    context.addIssue(`must be a URL such as ${example}`);
    return z.NEVER;
  });
}

const databaseUrl = url(['mysql:', 'mariadb:'], 'mysql://user:password@host:3306/database').refine(
  (text) => new URL(text).pathname.length > 1,
  'must name a database after the last slash, such as mysql://user:password@host:3306/database',
);

const list = z.string().transform((text) => [
  ...new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
]);

const businessKeys = z.string().transform((text, context): BusinessKeyRule[] => {
  const parsed = parseBusinessKeyRules(text);
  if (parsed.ok) return parsed.rules;
  for (const problem of parsed.problems) context.addIssue(problem);
  return z.NEVER;
});

const contentKeys = z.string().transform((text, context): ContentKey[] => {
  const parsed = parseContentKeys(text);
  if (parsed.ok) return parsed.keys;
  for (const problem of parsed.problems) context.addIssue(problem);
  return z.NEVER;
});

const sealKeys = z.string().transform((text, context): SealKey[] => {
  const read = readSealKeys(text);
  if (read.ok) return read.keys;
  for (const problem of read.problems) context.addIssue(problem);
  return z.NEVER;
});

const auditStream = z.string().transform((text, context): StreamPlace | null => {
  if (text === 'off') return null;
  if (text === 'stdout') return { kind: 'stdout' };
  if (/^file:./.test(text)) return { kind: 'file', path: text.slice('file:'.length) };
  context.addIssue('must be stdout, off, or file: and a path, such as file:/var/log/office/audit.ndjson');
  return z.NEVER;
});

function wholeNumber(least: number, most: number) {
  const problem = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, problem)
    .transform(Number)
    .refine((value) => value >= least && value <= most, problem);
}

const environment = z.object({
  AMQP_URL: url(['amqp:', 'amqps:'], 'amqp://user:password@host:5672/vhost'),
  DATABASE_URL: databaseUrl,
  DEAD_QUEUES: list
    .default([])
    .refine(
      (names) => names.every((name) => Buffer.byteLength(name) <= 255),
      'must be queue names of at most 255 bytes, separated by commas',
    ),
  RABBITMQ_MANAGEMENT_URL: url(['http:', 'https:'], 'http://user:password@host:15672').optional(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: wholeNumber(0, 65_535).default(8080),
  ADMIN_USERNAME: z.string().trim().max(64, 'must have at most 64 characters').default('admin'),
  ADMIN_PASSWORD: z
    .string()
    .min(8, 'must have at least 8 characters')
    .max(1024, 'must have at most 1024 characters')
    .optional(),
  BUSINESS_KEYS: z.string().default(DEFAULT_BUSINESS_KEYS).pipe(businessKeys),
  INTAKE_JOURNAL_DIR: z.string().default('./journal'),
  INTAKE_PREFETCH: wholeNumber(1, 65_535).optional(),
  INTAKE_BATCH_MESSAGES: wholeNumber(1, 10_000).optional(),
  INTAKE_BATCH_BYTES: wholeNumber(1024, 268_435_456).optional(),
  INTAKE_BATCH_MS: wholeNumber(0, 60_000).optional(),
  QUIET_PERIOD: z.string().default('15m').pipe(duration),
  SESSION_IDLE: z.string().default('1h').pipe(sessionTime),
  SESSION_LONGEST: z.string().default('24h').pipe(sessionTime),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  ...transportVariables,
  CONTENT_KEYS: contentKeys.default([]),
  AUDIT_SEAL_KEY: sealKeys.optional(),
  AUDIT_STREAM: z.string().default('off').pipe(auditStream),
  ...singleSignOnVariables,
});

/**
 * Reads the environment. A variable that is set but empty counts as absent, as container platforms write it.
 *
 * @throws ConfigError with every problem at once.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const values = readVariables(environment, env, singleSignOnProblems);
  const transport = withoutProblems((problems) => readTransport(values, problems));
  if (values.AUDIT_STREAM !== null && values.AUDIT_SEAL_KEY === undefined) {
    throw new ConfigError(['AUDIT_STREAM needs AUDIT_SEAL_KEY: events are written in the order of their seals.']);
  }
  return {
    ...transport,
    amqpUrl: values.AMQP_URL,
    databaseUrl: values.DATABASE_URL,
    deadQueues: values.DEAD_QUEUES,
    managementUrl: values.RABBITMQ_MANAGEMENT_URL ?? null,
    http: { host: values.HTTP_HOST, port: values.HTTP_PORT },
    administrator: { username: values.ADMIN_USERNAME, password: values.ADMIN_PASSWORD ?? null },
    businessKeys: values.BUSINESS_KEYS,
    intakeJournalDir: values.INTAKE_JOURNAL_DIR,
    intake: {
      ...(values.INTAKE_PREFETCH === undefined ? {} : { prefetch: values.INTAKE_PREFETCH }),
      ...(values.INTAKE_BATCH_MESSAGES === undefined ? {} : { batchMessages: values.INTAKE_BATCH_MESSAGES }),
      ...(values.INTAKE_BATCH_BYTES === undefined ? {} : { batchBytes: values.INTAKE_BATCH_BYTES }),
      ...(values.INTAKE_BATCH_MS === undefined ? {} : { batchMs: values.INTAKE_BATCH_MS }),
    },
    quietPeriodMs: values.QUIET_PERIOD,
    session: { idleMs: values.SESSION_IDLE, longestMs: values.SESSION_LONGEST },
    logLevel: values.LOG_LEVEL,
    contentKeys: values.CONTENT_KEYS,
    audit: { sealKeys: values.AUDIT_SEAL_KEY ?? [], stream: values.AUDIT_STREAM },
    singleSignOn: singleSignOnOf(values),
    localSignIn: values.LOCAL_SIGN_IN,
  };
}

/**
 * What a command needs that talks to the database alone.
 *
 * @throws ConfigError with every problem at once.
 */
export function readDatabaseConfig(
  env: Record<string, string | undefined>,
): Pick<Config, 'databaseUrl' | 'databaseTls' | 'businessKeys' | 'contentKeys'> {
  const values = readVariables(
    environment.pick({ ...DATABASE_VARIABLES, BUSINESS_KEYS: true, CONTENT_KEYS: true }),
    env,
  );
  return {
    databaseUrl: values.DATABASE_URL,
    databaseTls: withoutProblems((problems) => readDatabaseTls(values, values.DATABASE_URL, problems)),
    businessKeys: values.BUSINESS_KEYS,
    contentKeys: values.CONTENT_KEYS,
  };
}

const DATABASE_VARIABLES = {
  DATABASE_URL: true,
  DATABASE_TLS: true,
  DATABASE_CA_FILE: true,
  DATABASE_CERT_FILE: true,
  DATABASE_KEY_FILE: true,
} as const;

function withoutProblems<T>(read: (problems: string[]) => T): T {
  const problems: string[] = [];
  const found = read(problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
}

/**
 * The keys alone, for what needs no database.
 *
 * @throws ConfigError with every problem at once.
 */
export function readContentKeys(env: Record<string, string | undefined>): ContentKey[] {
  return readVariables(environment.pick({ CONTENT_KEYS: true }), env).CONTENT_KEYS;
}

/**
 * What verifying the audit record needs; no key is no fault here.
 *
 * @throws ConfigError with every problem at once.
 */
export function readVerifyConfig(
  env: Record<string, string | undefined>,
): Pick<Config, 'databaseUrl' | 'databaseTls'> & { sealKeys: SealKey[] } {
  const values = readVariables(environment.pick({ ...DATABASE_VARIABLES, AUDIT_SEAL_KEY: true }), env);
  return {
    databaseUrl: values.DATABASE_URL,
    databaseTls: withoutProblems((problems) => readDatabaseTls(values, values.DATABASE_URL, problems)),
    sealKeys: values.AUDIT_SEAL_KEY ?? [],
  };
}

function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  env: Record<string, string | undefined>,
  problemsTogether: (given: Record<string, string | undefined>) => string[] = () => [],
): z.infer<Schema> {
  const { env: filled, problems } = withFiles(Object.keys(schema.shape), env);
  const given = Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  problems.push(...problemsTogether(given));
  if (result.success && problems.length === 0) return result.data;
  const issues = result.error?.issues ?? [];
  throw new ConfigError([
    ...problems,
    ...issues.flatMap((issue) => {
      const variable = String(issue.path[0]);
      if (given[variable] !== undefined) return [`${variable}: ${issue.message}.`.replace(/\.\.$/, '.')];
      // What is wrong with its file has been said.
      return env[`${variable}_FILE`] ? [] : [`${variable} is missing.`];
    }),
  ]);
}
