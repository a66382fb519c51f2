import type { Log } from './broker.ts';
import { SCENARIOS, createSampleOrders } from './sample-orders.ts';
import type { SampleRequest, Scenario } from './sample-orders.ts';

/** At the start, how soon one order follows the other (ms): all kinds of failure are there within half a minute. */
const FIRST_ROUND_INTERVAL = 2_000;

export interface OrderStreamOptions {
  /** The example's HTTP API, which the stream calls as any customer would. */
  apiUrl: () => string;
  /** Between two good orders (ms). */
  interval: number;
  /** Between two orders that meet a cause of failure (ms). */
  failureInterval: number;
  /** Why nothing should be sent now, or null. */
  obstacle: () => string | null;
  log: Log;
}

export interface OrderStream {
  /** Why it waits, or null while it sends. */
  pausedBecause(): string | null;
  stop(): Promise<void>;
}

/**
 * Sends orders, for ever: each scenario once in a quick first round, then at the two intervals.
 * It sends nothing while there is an obstacle, and looks again at the next interval.
 */
export function startOrderStream(options: OrderStreamOptions): OrderStream {
  const orders = createSampleOrders();
  const firstRound: Scenario[] = [...SCENARIOS];
  const failing = SCENARIOS.filter((scenario) => scenario !== 'good');
  let nextFailing = 0;
  let lastFailing = Date.now();
  let paused: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;

  const choose = (): Scenario => {
    const first = firstRound.shift();
    if (first !== undefined) {
      lastFailing = Date.now();
      return first;
    }
    if (Date.now() - lastFailing < options.failureInterval) return 'good';
    lastFailing = Date.now();
    nextFailing = (nextFailing + 1) % failing.length;
    return failing[nextFailing] ?? 'good';
  };
  const sendOne = async () => {
    const obstacle = options.obstacle();
    if (obstacle !== paused)
      options.log(obstacle === null ? 'orders are sent again' : `no orders are sent: ${obstacle}`);
    paused = obstacle;
    if (obstacle !== null) return;
    try {
      await post(options.apiUrl(), orders.request(choose()));
    } catch (error) {
      options.log(`an order was not taken: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const tick = () => {
    sending = sendOne().finally(() => {
      if (stopped) return;
      timer = setTimeout(
        tick,
        firstRound.length > 0 ? Math.min(FIRST_ROUND_INTERVAL, options.interval) : options.interval,
      );
    });
  };
  tick();
  return {
    pausedBecause: () => paused,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await sending;
    },
  };
}

/** Sends one sample request to the API; rejects unless it is taken (202). */
export async function post(apiUrl: string, request: SampleRequest): Promise<void> {
  const isPartner = request.path === '/partner/cancellations';
  const response = await fetch(`${apiUrl}${request.path}`, {
    method: 'POST',
    headers: isPartner
      ? { 'content-type': 'text/plain; charset=utf-8', 'order-id': request.orderId }
      : { 'content-type': 'application/json' },
    body: isPartner ? request.text : JSON.stringify(request.body),
    signal: AbortSignal.timeout(15_000),
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`${request.path} answered ${response.status}`);
}
