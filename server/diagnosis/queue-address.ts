import { isWellFormed, MAX_NAME_BYTES } from './bounded-text.ts';
import type { Origin } from './diagnosis.ts';

/** Of an address with a queue's name of 255 escaped bytes in it, a host and a virtual host. */
export const MAX_ADDRESS_BYTES = 2048;

/**
 * The queue of an address such as `rabbitmq://host/vhost/orders?temporary=true` or `rabbitmq://queue/orders`: the last
 * part of its path, unescaped. Null where there is none, or none that a queue can be named.
 */
export function queueOfAddress(address: string): string | null {
  const path = /^[a-z][a-z+.-]{1,20}:\/\/[^/?#]*\/([^?#]+)/i.exec(address.trim())?.[1];
  return unescaped(path?.split('/').at(-1) ?? '');
}

function unescaped(name: string): string | null {
  try {
    return queueName(decodeURIComponent(name));
  } catch {
    return null;
  }
}

/** The name where the broker could have a queue of that name. */
function queueName(name: string): string | null {
  return name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES && isWellFormed(name) ? name : null;
}

/** For frameworks by whose advice a message goes back to its queue alone: by the default exchange. */
export function queueOrigin(queue: string | null): Origin {
  const name = queue === null ? null : queueName(queue);
  return name === null
    ? { exchange: null, routingKeys: [], queue: null }
    : { exchange: '', routingKeys: [name], queue: name };
}
