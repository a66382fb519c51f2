import { testServices, uniqueName } from '../../support/services.ts';

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };
const NOTHING = { configure: '', write: '', read: '' };
const VHOST = '%2F';

/** A user of the broker's for the office alone, whose rights can be taken away and given back. */
export class BrokerAccount {
  readonly #user = uniqueName('ledger');

  static async create(): Promise<BrokerAccount> {
    const account = new BrokerAccount();
    await account.#call('PUT', `users/${account.#user}`, { password: 'secret', tags: '' });
    await account.giveBack();
    return account;
  }

  /** An AMQP URL with this user in it. */
  in(url: string): string {
    const changed = new URL(url);
    changed.username = this.#user;
    changed.password = 'secret';
    return changed.href;
  }

  /** It may neither read nor write anything, and stays welcome. */
  async withdraw(): Promise<void> {
    await this.#call('PUT', `permissions/${VHOST}/${this.#user}`, NOTHING);
  }

  /** It may not even enter the vhost. */
  async shutOut(): Promise<void> {
    await this.#call('DELETE', `permissions/${VHOST}/${this.#user}`);
  }

  async giveBack(): Promise<void> {
    await this.#call('PUT', `permissions/${VHOST}/${this.#user}`, EVERYTHING);
  }

  async remove(): Promise<void> {
    await this.#call('DELETE', `users/${this.#user}`);
  }

  async #call(method: string, path: string, body?: object): Promise<void> {
    const management = new URL(testServices().managementUrl);
    const authorization = `Basic ${Buffer.from(`${management.username}:${management.password}`).toString('base64')}`;
    const response = await fetch(`${management.origin}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  }
}
