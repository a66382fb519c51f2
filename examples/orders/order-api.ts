import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Faults } from './faults.ts';
import { WorkerError } from './worker-error.ts';

/** How long a worker waits for the order API (ms). */
export const ORDER_API_TIMEOUT = 800;
/** Of the cancelled orders, the newest are remembered. */
const MAX_CANCELLED = 5_000;
const MAX_BODY_BYTES = 10_000;

const requestSchema = z.object({ centre: z.string() });
const answerSchema = z.object({ code: z.string() });

export interface OrderApi {
  url: string;
  stop(): Promise<void>;
}

/**
 * The company's order API, as far as the workers need it: a real HTTP server, so that its time-outs are real.
 * `POST /orders/ID/cancel {centre}` answers 200, 409 `already_shipped`, or (order-api broken, Jeju) nothing at all.
 * Cancelling twice is the same as once.
 */
export async function startOrderApi(faults: Faults): Promise<OrderApi> {
  const cancelled = new Set<string>();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const orderId = /^\/orders\/(ORD-\d{8}-\d{6})\/cancel$/.exec(request.url ?? '')?.[1];
    if (request.method !== 'POST' || orderId === undefined) {
      answer(response, 404, 'not_found');
      return;
    }
    const { centre } = requestSchema.parse(JSON.parse(await textOf(request)));
    if (faults.isBroken('order-api') && centre.startsWith('JEJU-')) return;
    if (faults.isBroken('warehouse-feed') && centre.startsWith('GIMPO-') && !cancelled.has(orderId)) {
      answer(response, 409, 'already_shipped');
      return;
    }
    cancelled.add(orderId);
    for (const oldest of cancelled) {
      if (cancelled.size <= MAX_CANCELLED) break;
      cancelled.delete(oldest);
    }
    answer(response, 200, 'cancelled');
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      answer(response, 400, 'bad_request');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the order API has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Cancels one order, or throws what the worker is to make of the answer. */
export async function cancelOrder(orderApiUrl: string, orderId: string, centre: string): Promise<void> {
  const path = `/orders/${orderId}/cancel`;
  let response: Response;
  let code: string;
  try {
    response = await fetch(`${orderApiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ centre }),
      signal: AbortSignal.timeout(ORDER_API_TIMEOUT),
    });
    ({ code } = answerSchema.parse(await response.json()));
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      const message = `주문 API 응답 시간 초과 (no answer within ${ORDER_API_TIMEOUT} ms): POST ${path}`;
      throw new WorkerError('OrderApiTimeoutError', 'retry', message, { cause: error });
    }
    throw new WorkerError('OrderApiUnavailableError', 'retry', `The order API cannot be used: POST ${path}`, {
      cause: error,
    });
  }
  if (response.ok) return;
  if (code === 'already_shipped') {
    throw new WorkerError('AlreadyShippedError', 'reject', `이미 출고된 주문입니다 (already shipped): ${orderId}`);
  }
  throw new WorkerError('OrderApiUnavailableError', 'retry', `The order API answered ${response.status}: POST ${path}`);
}

function answer(response: ServerResponse, status: number, code: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
