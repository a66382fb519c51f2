import type { FuzzRandom } from './fuzz-random.ts';

/** What is used of a JSON schema as the OpenAPI document has it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  pattern?: string;
  format?: string;
}
interface Operation {
  /** What the route asks of its caller. */
  'x-permission'?: string;
  parameters?: { name: string; in: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, { schema?: Schema } | undefined> };
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** One request as it goes out: no library checks or mends it. */
export interface FuzzRequest {
  /** As in the document, for the tally, and how often all routes had their turn before it. */
  route: string;
  round: number;
  /** What the route asks of its caller, where this is a request of the route as it stands in the document; else null. */
  permission: string | null;
  method: string;
  /** What stands in the request line. */
  target: string;
  /** In order; a name may come twice. */
  headers: [name: string, value: string][];
  body: Buffer;
}

/** Values that exist in the office under test, so that requests also reach what lies behind the checks. */
export interface FuzzWorld {
  document: OpenApi;
  /** Of each kind some ids, for path parameters and bodies. */
  ids: readonly string[];
  orderIds: readonly string[];
  names: readonly string[];
  /** A living session of whoever asks in this round over the routes, for this method and path. */
  cookie: (round: number, method: string, path: string) => string;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
const JUNK_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  '9223372036854775808',
  '99999999999999999999999999',
  'NaN',
  'null',
  'undefined',
  'true',
  '__proto__',
  'constructor',
  '[object Object]',
  "' OR 1=1 --",
  '" \\ \' `',
  '%',
  '_%_%',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '주문 취소',
  '😀'.repeat(40),
  '\u0000',
  '\ud800',
  '\ufeff\u202e',
  'a'.repeat(256),
  'b'.repeat(4000),
  '2026-11-22T07:18:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '0000-00-00T00:00:00Z',
  '-271821-04-20T00:00:00.000Z',
  '2026-02-30T25:61:61.000Z',
  '$.a[*]',
  'orderId:',
  ':x',
];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16le',
  'application/json; charset=latin1',
  'application/json; charset=nonsense',
  'application/problem+json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'json',
  ';;;',
  '',
];

/** Makes requests of every route of the document: right ones, nearly right ones, and nonsense. */
export class FuzzRequests {
  readonly #world: FuzzWorld;
  readonly #routes: { path: string; method: string; operation: Operation }[];

  constructor(world: FuzzWorld) {
    this.#world = world;
    this.#routes = Object.entries(world.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
  }

  /** `METHOD path` of all routes. */
  get routes(): string[] {
    return this.#routes.map(({ method, path }) => `${method} ${path}`);
  }

  /** The request of this number: routes take turns, everything else is by chance. */
  make(random: FuzzRandom, number: number): FuzzRequest {
    const { path, method, operation } = this.#routes[number % this.#routes.length] ?? this.#nothing();
    const sent = random.chance(0.06) ? random.pick(METHODS) : method;
    const round = Math.floor(number / this.#routes.length);
    const filled = this.#path(random, path);
    const target = filled.text + this.#query(random, operation);
    const body = this.#body(random, operation);
    const headers = this.#headers(random, body, () => this.#world.cookie(round, sent, path));
    return {
      route: `${method} ${path}`,
      round,
      permission: sent === method && filled.isRight ? (operation['x-permission'] ?? null) : null,
      method: sent,
      target,
      headers,
      body,
    };
  }

  #nothing(): never {
    throw new Error('The document has no routes.');
  }

  /** The path, and whether it leads to the route. */
  #path(random: FuzzRandom, path: string): { text: string; isRight: boolean } {
    let isRight = true;
    const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      if (random.chance(0.6)) {
        const known = name === 'orderId' ? this.#world.orderIds : this.#world.ids;
        return encodeURIComponent(random.pick(known));
      }
      isRight = false;
      return random.chance(0.2)
        ? random.pick(['%', '%zz', '%ff%fe', '%00', '%2e%2e%2f', '..', '', '%F0%9F%98', 'a%2fb', '{id}'])
        : encodeLoosely(this.#text(random));
    });
    const odd = random.unit();
    if (odd < 0.01) return { text: `${filled}/`, isRight: false };
    if (odd < 0.02) return { text: `/${filled}`, isRight: false };
    if (odd < 0.03) return { text: filled.toUpperCase(), isRight: false };
    if (odd < 0.04) return { text: `${filled}/${'x/'.repeat(random.int(200))}`, isRight: false };
    return { text: filled, isRight };
  }

  #query(random: FuzzRandom, operation: Operation): string {
    const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const parts: string[] = [];
    for (const { name, schema } of known) {
      if (!random.chance(2.5 / Math.max(known.length, 3))) continue;
      for (let times = random.chance(0.2) ? random.int(4) + 1 : 1; times > 0; times -= 1) {
        const value = random.chance(0.7) ? this.#value(random, schema ?? {}, 2) : this.#text(random);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        parts.push(`${name}=${encodeLoosely(text)}`);
      }
    }
    while (random.chance(0.12)) {
      parts.push(
        random.pick([
          'unknown=1',
          '__proto__=1',
          'a[b]=c',
          'status[]=pending',
          'status[__proto__][x]=1',
          'perPage=1&perPage=2',
          'after=!!!!',
          `after=${Buffer.from('[1,"x",null]').toString('base64url')}`,
          `before=${Buffer.from('{"a":1}').toString('base64url')}`,
          'page=1e3',
          '%zz=%zz',
          '=',
          '&&&',
          'a=%00',
          'a=%ff',
          `x=${'y'.repeat(random.int(6000))}`,
        ]),
      );
    }
    return parts.length === 0 ? '' : `?${parts.join('&')}`;
  }

  #body(random: FuzzRandom, operation: Operation): Buffer {
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    if (schema === undefined) return random.chance(0.1) ? this.#junkBody(random) : Buffer.alloc(0);
    if (random.chance(0.12)) return this.#junkBody(random);
    const value = this.#value(random, schema, 6);
    return Buffer.from(JSON.stringify(random.chance(0.6) ? this.#spoil(random, value) : value));
  }

  #junkBody(random: FuzzRandom): Buffer {
    const odd = random.int(14);
    if (odd === 0) return Buffer.from('['.repeat(20_000));
    if (odd === 1) return Buffer.from('{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000));
    if (odd === 2) return Buffer.alloc(random.chance(0.1) ? 2_200_000 : 1000, 0x20);
    if (odd === 3) return random.bytes(random.int(300));
    if (odd === 4) return Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
    if (odd === 5) return Buffer.from('{"selection":{"ids":["1"]', 'utf16le');
    if (odd === 6) return Buffer.from('{"a":1,"a":2,"__proto__":{"admin":true},"constructor":{"prototype":1}}');
    return Buffer.from(
      random.pick(['', 'null', '1', '"x"', '[]', '{}', '{', '{"name":', 'true', '\0', '{"a":"\ud800"}']),
    );
  }

  #headers(random: FuzzRandom, body: Buffer, cookie: () => string): [string, string][] {
    const headers: [string, string][] = [];
    const who = random.unit();
    const name = 'dead_letter_office_session';
    if (who < 0.85) headers.push(['Cookie', cookie()]);
    else if (who < 0.9) headers.push(['Cookie', `${name}=${encodeLoosely(this.#text(random))}`]);
    else if (who < 0.92) headers.push(['Cookie', `${name}=%zz; ${name}=; =; ;;;${'c=d; '.repeat(random.int(300))}`]);
    else if (who < 0.96)
      headers.push(['Authorization', random.pick(['Bearer', 'Bearer x', 'Basic !!', 'Bearer \x80'])]);
    if (body.length > 0 || random.chance(0.3)) {
      headers.push(['Content-Type', random.chance(0.9) ? 'application/json' : random.pick(CONTENT_TYPES)]);
    }
    if (random.chance(0.03)) headers.push(['Content-Encoding', random.pick(['gzip', 'br', 'deflate', 'zstd', 'x'])]);
    if (random.chance(0.04)) {
      headers.push(['Sec-Fetch-Site', random.pick(['cross-site', 'same-origin', 'none', '', 'x'])]);
    }
    if (random.chance(0.04)) headers.push(['Origin', random.pick(['null', 'http://evil.example', ':::', ''])]);
    if (random.chance(0.1)) {
      headers.push(['Idempotency-Key', random.pick(['a', 'b', '', 'x'.repeat(200), '\x80', 'two words'])]);
    }
    if (random.chance(0.03)) headers.push(['Range', random.pick(['bytes=0-', 'bytes=9-1', 'lines=1'])]);
    if (random.chance(0.03)) headers.push(['If-None-Match', random.pick(['*', '"x"', 'W/"'])]);
    if (random.chance(0.03)) headers.push(['Accept', random.pick(['text/html', '', 'x'.repeat(500), '*/*;q=2'])]);
    if (random.chance(0.02)) headers.push(['X-Filler', 'f'.repeat(random.int(9000))]);
    return headers;
  }

  /** A value as the schema wants it, mostly. */
  #value(random: FuzzRandom, schema: Schema, depth: number): unknown {
    if (schema.$ref !== undefined) return this.#value(random, this.#resolve(schema.$ref), depth);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined && schema.enum.length > 0) return random.pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined && choices.length > 0) return this.#value(random, random.pick(choices), depth);
    if (schema.allOf !== undefined) {
      const parts = schema.allOf.map((part) => this.#value(random, part, depth));
      return parts.reduce((all, part) => (isObject(all) && isObject(part) ? { ...all, ...part } : part));
    }
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
    if (type === 'object' || schema.properties !== undefined) return this.#object(random, schema, depth);
    if (type === 'array') {
      const length = depth <= 0 ? 0 : random.int(random.chance(0.02) ? 200 : 4);
      return Array.from({ length }, () => this.#value(random, schema.items ?? {}, depth - 1));
    }
    if (type === 'integer' || type === 'number')
      return random.chance(0.8) ? random.int(200) : random.pick([0, -1, 1.5, 2 ** 53, 1e300]);
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'null') return null;
    if (type === 'string') return this.#string(random, schema);
    return random.pick<unknown>([null, 1, 'x', [], {}]);
  }

  #object(random: FuzzRandom, schema: Schema, depth: number): Record<string, unknown> {
    // Of many optional parts at once some exclude each other: few of them get further.
    const each = random.chance(0.5) ? 0.06 : 0.3;
    const properties = Object.entries(schema.properties ?? {}).filter(
      ([name]) => (schema.required ?? []).includes(name) || (depth > 0 && random.chance(each)),
    );
    return Object.fromEntries(properties.map(([name, of]) => [name, this.#value(random, of, depth - 1)]));
  }

  #string(random: FuzzRandom, { pattern, format }: Schema): string {
    if (format === 'date-time') return new Date(Date.UTC(2026, 10, random.int(28))).toISOString();
    if (pattern?.includes('[1-9]') === true) return random.pick(this.#world.ids);
    return random.chance(0.5) ? random.pick([...this.#world.names, ...this.#world.ids]) : this.#text(random);
  }

  #resolve(reference: string): Schema {
    return this.#world.document.components?.schemas?.[reference.replace('#/components/schemas/', '')] ?? {};
  }

  /** Puts something wrong into one or a few places of a value. */
  #spoil(random: FuzzRandom, value: unknown): unknown {
    if (random.chance(0.25)) return this.#junk(random);
    if (Array.isArray(value)) {
      const spoilt = [...(value as unknown[])];
      if (spoilt.length === 0 || random.chance(0.2)) spoilt.push(this.#junk(random));
      else {
        const at = random.int(spoilt.length);
        spoilt[at] = this.#spoil(random, spoilt[at]);
      }
      return spoilt;
    }
    if (!isObject(value)) return this.#junk(random);
    const names = Object.keys(value);
    const spoilt: Record<string, unknown> = { ...value };
    const odd = random.unit();
    if (names.length === 0 || odd < 0.15) spoilt[this.#text(random)] = this.#junk(random);
    else if (odd < 0.25) Reflect.deleteProperty(spoilt, random.pick(names));
    else {
      const name = random.pick(names);
      spoilt[name] = this.#spoil(random, spoilt[name]);
    }
    return spoilt;
  }

  #junk(random: FuzzRandom): unknown {
    return random.pick<() => unknown>([
      () => null,
      () => random.pick([0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 63, 2 ** 64, 1e-320]),
      () => this.#text(random),
      () => random.chance(0.5),
      () => [],
      () => ({}),
      () => [[[[[[]]]]]],
      () => Array.from({ length: 300 }, (_, index) => String(index)),
      () => ({ toString: 1, valueOf: null, length: -1, then: 'x', toJSON: 'x' }),
      () => nested(random.int(400)),
      () => 'x'.repeat(random.int(70_000)),
    ])();
  }

  #text(random: FuzzRandom): string {
    if (random.chance(0.6)) return random.pick(JUNK_TEXTS);
    const length = random.int(30);
    return Array.from({ length }, () => String.fromCodePoint(random.int(random.chance(0.7) ? 128 : 0xd800))).join('');
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lone surrogates cannot be encoded; they become what UTF-8 has for them. */
function encodeLoosely(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
