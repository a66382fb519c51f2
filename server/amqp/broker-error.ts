import { z } from 'zod';

/** What died with an error: one message's publish, one channel, or the whole connection. */
export type ErrorScope = 'message' | 'channel' | 'connection';

/**
 * An error of the broker, or of the way to it.
 * `replyCode` is AMQP's (404, 403, 406 …), or null when the broker did not say one (a cut connection, a time-out).
 * `message` is safe to show to an operator: it bears no credentials.
 */
export class BrokerError extends Error {
  readonly scope: ErrorScope;
  readonly replyCode: number | null;

  constructor(scope: ErrorScope, message: string, replyCode: number | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BrokerError';
    this.scope = scope;
    this.replyCode = replyCode;
  }
}

const coded = z.object({ code: z.number().int() });
const named = z.object({ code: z.string() });
const quoted = /with message "(.*)"$/s;

/** Turns whatever amqplib or the socket threw into a BrokerError; the broker's own text without amqplib's around it. */
export function toBrokerError(scope: ErrorScope, thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  const replyCode = coded.safeParse(thrown).data?.code ?? null;
  return new BrokerError(scope, safeText(thrown), replyCode, thrown);
}

/** The text of an error without credentials: URLs lose their user part, and empty messages show their code. */
export function safeText(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const said = quoted.exec(text)?.[1] ?? (text || (named.safeParse(thrown).data?.code ?? 'unknown error'));
  return said.replace(/(\w+:\/\/)[^\s@/]*@/g, '$1');
}
