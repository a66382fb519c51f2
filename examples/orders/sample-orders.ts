import type { Cancellation } from './cancellation.ts';

/** The kinds of order that the stream sends. All but the first meet a cause of failure, while that is broken. */
export const SCENARIOS = [
  'good',
  'talk',
  'jeju',
  'emojiReceipt',
  'bulk',
  'gimpo',
  'partner',
  'vip',
  'virtualAccount',
  'limited',
  'twice',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** A request to the HTTP API of the example. */
export type SampleRequest =
  { path: '/cancellations'; body: unknown } | { path: '/partner/cancellations'; orderId: string; text: string };

export interface SampleOrders {
  request(scenario: Scenario): SampleRequest;
}

const KOREANS = ['김민준', '이서연', '박도윤', '최지우', '정하은', '강시우', '조수아', '윤예준'];
const FOREIGNERS = ['Emma Clarke', 'Noah Fischer', 'Olivia Martin', 'Liam O’Brien'];
const REASONS_KO = ['단순 변심', '배송 지연', '사이즈가 맞지 않아요', '다른 상품으로 재주문'];
const REASONS_EN = ['Changed my mind', 'Delivery takes too long', 'Wrong size', 'Ordered twice by mistake'];
const GOODS = [
  { sku: 'TEA-0214', name: '제주 유기농 녹차 100g', won: 18_900 },
  { sku: 'SHO-1180', name: '러닝화 270mm', won: 129_000 },
  { sku: 'BAG-0077', name: 'Canvas tote bag', won: 34_500 },
  { sku: 'LMP-0305', name: '무드등 (따뜻한 빛)', won: 42_000 },
  { sku: 'HDP-2201', name: 'Wireless headphones', won: 219_000 },
];
const WON_PER_DOLLAR = 1_400;

/**
 * Orders of one day, numbered from the second of the day on, so that a restart does not use a number again.
 * `random` (0 ≤ n < 1) can be replaced to make them the same each time.
 */
export function createSampleOrders(start = new Date(), random: () => number = Math.random): SampleOrders {
  const day = start.toISOString().slice(0, 10).replaceAll('-', '');
  let number = Math.floor((start.getTime() / 1000) % 86_400);
  const nextId = () => `ORD-${day}-${String((number += 1) % 1_000_000).padStart(6, '0')}`;
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const digits = (count: number) => String(Math.floor(random() * 10 ** count)).padStart(count, '0');

  const order = (change: (order: Cancellation) => void = () => undefined): Cancellation => {
    const korean = random() < 0.7;
    const goods = pick(GOODS);
    const quantity = 1 + Math.floor(random() * 2);
    const won = goods.won * quantity;
    const made: Cancellation = {
      orderId: nextId(),
      customer: {
        name: korean ? pick(KOREANS) : pick(FOREIGNERS),
        phone: korean ? `010-${digits(4)}-${digits(4)}` : `+44-7700-900${digits(3)}`,
        locale: korean ? 'ko' : 'en',
        grade: 'regular',
        contact: 'sms',
      },
      centre: 'ICN-1',
      payment: {
        method: 'card',
        amount: korean ? won : Math.round((won / WON_PER_DOLLAR) * 100) / 100,
        currency: korean ? 'KRW' : 'USD',
      },
      items: [{ sku: goods.sku, name: goods.name, quantity, limited: false }],
      reason: pick(korean ? REASONS_KO : REASONS_EN),
      receipt: false,
    };
    change(made);
    return made;
  };

  const toJeju = (made: Cancellation) => {
    made.centre = 'JEJU-1';
  };
  const toVip = (made: Cancellation) => {
    made.customer.grade = 'vip';
  };
  const byVirtualAccount = (made: Cancellation) => {
    made.payment.method = 'virtual-account';
  };
  const single = (change?: (made: Cancellation) => void): SampleRequest => ({
    path: '/cancellations',
    body: order(change),
  });
  const requests: Record<Scenario, () => SampleRequest> = {
    good: () => single(),
    jeju: () => single(toJeju),
    gimpo: () =>
      single((made) => {
        made.centre = 'GIMPO-2';
      }),
    vip: () => single(toVip),
    talk: () =>
      single((made) => {
        made.customer.contact = 'talk';
      }),
    virtualAccount: () => single(byVirtualAccount),
    emojiReceipt: () =>
      single((made) => {
        made.receipt = true;
        made.items.push({ sku: 'MUG-0808', name: '생일 머그컵 🎂', quantity: 1, limited: false });
      }),
    limited: () =>
      single((made) => {
        made.items = ['S', 'M', 'L', 'XL'].map((size) => ({
          sku: `HOOD-26-${size}`,
          name: `한정판 후드 ${size}`,
          quantity: 1,
          limited: true,
        }));
      }),
    // One order that fails in two queues: its refund in orders.refund, its notice in notice.send.
    twice: () =>
      single((made) => {
        toVip(made);
        byVirtualAccount(made);
      }),
    bulk: () => ({ path: '/cancellations', body: { orders: [order(), order(toJeju), order()] } }),
    partner: () => {
      const made = order();
      // As the partner's own software writes it: a comma after the last field of every object.
      const text = JSON.stringify(made, null, 2).replace(/([^{[,\s])(\n\s*[}\]])/g, '$1,$2');
      return { path: '/partner/cancellations', orderId: made.orderId, text };
    },
  };
  return { request: (scenario) => requests[scenario]() };
}
