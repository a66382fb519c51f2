import { ERRORS, type ErrorCode } from '../../../server/contract/errors.ts';
import { OfficeError } from './office-error.ts';
import { idleSeconds } from './user-activity.ts';

export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];
export type Query = Readonly<Record<string, QueryValue>>;

export interface CallOptions {
  query?: Query | undefined;
  body?: unknown;
  /** Sent as it is, in place of a JSON body. */
  file?: { content: Blob; contentType: string } | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * One call to the office, on the page's own origin with its cookie.
 * Answers the parsed JSON, or undefined for 204. Throws `OfficeError` for everything else, also for a 200 that is not
 * JSON: something in between answered then, and to take it for data would show an empty list.
 */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (!response.ok) throw await asError(response);
  // The caller asks for `undefined` where the contract says 204.
  if (response.status === 204) return undefined as T;
  // The shape is the contract's, which the server checks in its own tests; zod stays out of the browser's bundle.
  return (await readJson(response)) as T;
}

/** The bytes of a message's body. */
export async function callForBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await send('GET', path, { signal });
  if (!response.ok) throw await asError(response);
  return new Uint8Array(await response.arrayBuffer());
}

/** A file that is asked for with a body too long for an address. */
export async function callForFile(method: string, path: string, body: unknown): Promise<Blob> {
  const response = await send(method, path, { body });
  if (!response.ok) throw await asError(response);
  return await response.blob();
}

/**
 * A file of any size: `stream` is there when all of it has come, and `onChunk` hears of each piece. The browser keeps
 * what has come; where the connection breaks off in the middle it throws like every call.
 */
export async function callForStream(
  path: string,
  signal: AbortSignal,
  onChunk: (bytes: Uint8Array) => void,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ stream: Promise<Blob>; fileName: string | undefined }> {
  const response = await send('GET', path, { signal, headers });
  if (!response.ok) throw await asError(response);
  const counted = response.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (bytes, controller) => {
        onChunk(bytes);
        controller.enqueue(bytes);
      },
    }),
  );
  const kept = { 'content-type': response.headers.get('content-type') ?? 'application/octet-stream' };
  const stream = new Response(counted, { headers: kept }).blob().catch((error: unknown) => {
    if (isAbort(error)) throw error;
    throw new OfficeError('client.unreachable', { status: 0, cause: error });
  });
  const [, fileName] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { stream, fileName };
}

/** Readiness answers JSON with 503 too, so that status is not an error here. */
export async function callForReadiness<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await readJson(await send('GET', path, { signal }))) as T;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    // Screens ask by themselves, too: that alone keeps nobody signed in.
    'x-idle-seconds': String(idleSeconds()),
    ...options.headers,
  };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.file) {
    headers['content-type'] = options.file.contentType;
    init.body = options.file.content;
  }
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(path + queryString(options.query ?? {}), init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new OfficeError('client.unreachable', { status: 0, cause: error });
  }
}

/** The screen that asked is gone, or asks something else now: no failure, and nobody is told. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** A repeated parameter for a list, nothing for undefined: exactly what the API's list queries take. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly (string | number)[]) : [value]) {
      search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (!/^application\/(?:\w+\+)?json\b/.test(response.headers.get('content-type') ?? '')) {
    throw new OfficeError('client.notJson', { status: response.status, requestId });
  }
  try {
    return await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new OfficeError('client.notJson', { status: response.status, requestId, cause: error });
  }
}

async function asError(response: Response): Promise<OfficeError> {
  const problem = await readJson(response).catch(() => undefined);
  const field = (name: string): unknown =>
    typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>)[name] : undefined;
  const code = field('code');
  const details = {
    status: response.status,
    detail: textOr(field('detail')),
    params: recordOr(field('params')),
    fields: recordOr(field('errors')) as Record<string, string> | undefined,
    requestId: textOr(field('requestId')) ?? response.headers.get('x-request-id') ?? undefined,
  };
  if (typeof code === 'string' && code in ERRORS) return new OfficeError(code as ErrorCode, details);
  if (response.status === 401) return new OfficeError('session.missing', details);
  return new OfficeError('client.unexpected', { ...details, params: { status: response.status } });
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function recordOr(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
