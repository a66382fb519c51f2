import { testServices, uniqueName } from './services.ts';
import type { Wire } from './wire.ts';

/** What `rabbitmqctl set_permissions` takes, and the user's tags. */
export interface BrokerRights {
  configure: string;
  write: string;
  read: string;
  tags?: string;
}

/** A broker user with these rights alone. @returns the URL with which it connects. */
export async function brokerUserWith(
  { tags = '', ...rights }: BrokerRights,
  wire: Pick<Wire, 'undo'>,
): Promise<string> {
  const { managementUrl, amqpUrl } = testServices();
  const user = uniqueName('test-user');
  const management = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${management.username}:${management.password}`).toString('base64')}`;
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${management.origin}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  };
  await call('PUT', `users/${user}`, { password: 'secret', tags });
  wire.undo(() => call('DELETE', `users/${user}`));
  await call('PUT', `permissions/%2F/${user}`, rights);
  const url = new URL(amqpUrl);
  url.username = user;
  url.password = 'secret';
  return url.href;
}

/** A broker user who may write to everything but one exchange. @returns the URL with which it connects. */
export async function brokerUserWithout(wire: Pick<Wire, 'undo'>, exchange: string): Promise<string> {
  return await brokerUserWith({ configure: '', write: `^(?!${literal(exchange)}$).*$`, read: '.*' }, wire);
}

/** A name as a pattern of permissions. */
export const literal = (name: string): string => name.replaceAll('.', '\\.');
