import { randomUUID } from 'node:crypto';

/** Moves everything that is in a queue now to an exchange, each message confirmed before its ack, by the broker itself. */
export interface Shovel {
  start: (move: { queue: string; exchange: string }) => Promise<{ remove: () => Promise<void> }>;
}

/** The broker's shovel through the management API, or null with a sentence when there is none. */
export async function findShovel(managementUrl: string, amqpUrl: string): Promise<Shovel | string> {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const vhost = encodeURIComponent(decodeURIComponent(new URL(amqpUrl).pathname.slice(1)) || '/');
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${origin}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const put = async (name: string, value: unknown) => {
    const response = await call('PUT', `parameters/shovel/${vhost}/${name}`, { value });
    return response.ok ? null : await response.text();
  };

  // An incomplete shovel is refused either way; only where there is the plugin does the refusal name a missing part of it.
  const refused = await put(`bench-${randomUUID()}`, {});
  if (refused === null || /component shovel not found/i.test(refused)) {
    return 'This broker does not have the plugin rabbitmq_shovel enabled: no figures for it.';
  }
  return {
    start: async ({ queue, exchange }) => {
      const name = `bench-${randomUUID()}`;
      const problem = await put(name, {
        'src-protocol': 'amqp091',
        'src-uri': 'amqp://',
        'src-queue': queue,
        'src-delete-after': 'queue-length',
        'dest-protocol': 'amqp091',
        'dest-uri': 'amqp://',
        'dest-exchange': exchange,
        'ack-mode': 'on-confirm',
      });
      if (problem !== null) throw new Error(`The shovel was refused: ${problem.slice(0, 500)}`);
      return {
        remove: async () => {
          await call('DELETE', `parameters/shovel/${vhost}/${name}`);
        },
      };
    },
  };
}
