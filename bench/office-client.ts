import type { z } from 'zod';

/** The office's API, as a script with a session uses it. */
export class OfficeClient {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async signIn(url: string, user: { username: string; password: string }): Promise<OfficeClient> {
    const response = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(user),
    });
    if (response.status !== 201) throw new Error(`Signing in answered ${response.status}.`);
    const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
    return new OfficeClient(url, cookie.join('; '));
  }

  async get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await this.#call('GET', path));
  }

  async post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await this.#call('POST', path, body));
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { cookie: this.#cookie, origin: this.#url, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  }
}
