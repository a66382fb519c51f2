import { BrokerError } from './broker-error.ts';

/** Waits for `work`, but not longer than `ms`: then it rejects with a BrokerError of scope channel. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new BrokerError('channel', `RabbitMQ did not answer within ${ms} ms`));
    }, ms);
  });
  // When time is up nobody waits for the work any more, so that its own failure must not go unhandled.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
