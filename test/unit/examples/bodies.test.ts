import { describe, expect, it } from 'vitest';
import { bulkCancellationSchema, cancellationSchema } from '../../../examples/orders/cancellation.ts';
import { readBody, withoutTrailingCommas } from '../../../examples/orders/message-body.ts';
import { composeNotice } from '../../../examples/orders/notification-tasks.ts';
import { SCENARIOS, createSampleOrders } from '../../../examples/orders/sample-orders.ts';
import type { WorkerError } from '../../../examples/orders/worker-error.ts';

function errorOf(work: () => unknown): WorkerError {
  try {
    work();
  } catch (error) {
    return error as WorkerError;
  }
  throw new Error('it did not throw');
}

describe('reading a body', () => {
  it('forgives trailing commas only where it is told to, and leaves strings alone', () => {
    const text = '{"note":"a,} \\",]","list":[1,2,],\n}';
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(JSON.parse(withoutTrailingCommas(text))).toEqual({ note: 'a,} ",]', list: [1, 2] });
  });

  it('fails for good on what is not JSON, and quotes none of it', () => {
    for (const body of ['', 'not json 010-1234-5678', '{"phone":"010-1234-5678",}', '{"phone":"010-1234-5678"}']) {
      const error = errorOf(() => readBody(Buffer.from(body), cancellationSchema));
      expect(error).toMatchObject({ name: 'MalformedMessageError', treatment: 'dead' });
      expect(error.message).not.toContain('1234');
    }
  });
});

describe('the sample orders', () => {
  const orders = createSampleOrders(new Date('2026-11-22T10:00:00Z'));

  it('are valid requests of every kind; the partner’s text is so once its commas are forgiven', () => {
    for (const scenario of SCENARIOS) {
      const request = orders.request(scenario);
      if (request.path === '/partner/cancellations') {
        expect(() => readBody(Buffer.from(request.text), cancellationSchema, 'strict')).toThrow('not valid JSON');
        expect(readBody(Buffer.from(request.text), cancellationSchema, 'forgiving').orderId).toBe(request.orderId);
      } else {
        const schema = scenario === 'bulk' ? bulkCancellationSchema : cancellationSchema;
        expect(schema.safeParse(request.body).error).toBeUndefined();
      }
    }
  });

  it('never use an order ID twice', () => {
    const ids = Array.from({ length: 500 }, () => cancellationSchema.parse(bodyOf(orders.request('good'))).orderId);
    expect(new Set(ids).size).toBe(500);
    expect(ids[0]).toMatch(/^ORD-20261122-\d{6}$/);
  });
});

function bodyOf(request: ReturnType<ReturnType<typeof createSampleOrders>['request']>): unknown {
  return 'body' in request ? request.body : undefined;
}

describe('composing a notice', () => {
  const notice = {
    orderId: 'ORD-20261122-000123',
    template: 'CANCEL_ACCEPTED',
    locale: 'ko' as const,
    to: '010-1234-5678',
    values: { name: '김민준', orderId: 'ORD-20261122-000123' },
  };

  it('fills in the template of the customer’s language', () => {
    expect(composeNotice(notice, () => true)).toBe('김민준님, 주문 ORD-20261122-000123의 취소가 접수되었습니다.');
    expect(composeNotice({ ...notice, locale: 'en' }, () => true)).toMatch(/^Dear 김민준, we have received/);
  });

  it('fails for good on an unknown template and on a number that cannot be called', () => {
    const noTemplate = errorOf(() => composeNotice({ ...notice, template: 'NOPE' }, () => true));
    expect(noTemplate).toMatchObject({ name: 'TemplateNotFoundError', treatment: 'dead' });
    expect(errorOf(() => composeNotice(notice, () => false))).toMatchObject({ name: 'TemplateNotFoundError' });
    const noNumber = errorOf(() => composeNotice({ ...notice, to: '----------' }, () => true));
    expect(noNumber).toMatchObject({ name: 'InvalidPhoneNumberError', treatment: 'dead' });
  });
});
