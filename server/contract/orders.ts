/** Orders that one look-up takes. */
export const MAX_ORDERS = 500;

/** What an order ID, as any business key, has at most. */
export const MAX_ORDER_ID_BYTES = 191;

/** How an order ID fits what was searched for, best first. */
export const ORDER_MATCHES = ['exact', 'sameNumber', 'begins', 'contains'] as const;
export type OrderMatch = (typeof ORDER_MATCHES)[number];
