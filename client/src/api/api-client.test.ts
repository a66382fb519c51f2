import { afterEach, describe, expect, it, vi } from 'vitest';

import { json, problem } from '../testing/fake-office.ts';
import { call, callForReadiness, queryString } from './api-client.ts';
import { OfficeError } from './office-error.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const answerWith = (response: Response) => {
  vi.stubGlobal('fetch', () => Promise.resolve(response));
};
const failure = async (): Promise<OfficeError> => {
  const error: unknown = await call('GET', '/api/messages').catch((caught: unknown) => caught);
  if (!(error instanceof OfficeError)) throw new Error('It should have failed with an OfficeError.');
  return error;
};

describe('A call to the office', () => {
  it('answers the JSON', async () => {
    answerWith(json({ id: '9007199254740993' }));
    expect(await call('GET', '/api/messages/1')).toEqual({ id: '9007199254740993' });
  });

  it('refuses a 200 that is not JSON, because a proxy answered and not the office', async () => {
    answerWith(new Response('<html>welcome</html>', { headers: { 'content-type': 'text/html' } }));
    expect((await failure()).code).toBe('client.notJson');
  });

  it('turns problem details into the code, the fields, and the request id', async () => {
    answerWith(problem('request.malformed', { errors: { sort: 'field.invalid' }, requestId: 'req-7' }));
    const error = await failure();
    expect(error).toMatchObject({
      status: 400,
      code: 'request.malformed',
      fields: { sort: 'field.invalid' },
      requestId: 'req-7',
    });
    expect(error.message).toBe('errors.request.malformed');
  });

  it('tells an answer of an unknown kind from one that never came', async () => {
    answerWith(new Response('Bad Gateway', { status: 502, headers: { 'content-type': 'text/plain' } }));
    expect(await failure()).toMatchObject({ code: 'client.unexpected', status: 502, outcomeUnknown: true });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await failure()).toMatchObject({ code: 'client.unreachable', status: 0, outcomeUnknown: true });
    answerWith(problem('operation.reasonRequired'));
    expect((await failure()).outcomeUnknown).toBe(false);
  });

  it('lets a call that was called off be called off, also while its answer is read', async () => {
    const calledOff = new DOMException('The user aborted a request.', 'AbortError');
    const response = json({});
    response.json = () => Promise.reject(calledOff);
    answerWith(response);
    await expect(call('GET', '/api/messages')).rejects.toBe(calledOff);
  });

  it('reads readiness also where it is a 503', async () => {
    answerWith(json({ status: 'unavailable' }, 503));
    expect(await callForReadiness('/health/ready')).toEqual({ status: 'unavailable' });
  });
});

describe('A query', () => {
  it('repeats a list, leaves out what is undefined, and escapes the rest', () => {
    expect(queryString({ status: ['pending', 'unknown'], page: undefined, orderId: 'ORD/1 한' })).toBe(
      '?status=pending&status=unknown&orderId=ORD%2F1+%ED%95%9C',
    );
    expect(queryString({})).toBe('');
  });
});
