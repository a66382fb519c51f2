/** Where the page of an order is. An order ID may hold anything, also a slash. */
export function orderPath(orderId: string): string {
  return `/orders/${encodeURIComponent(orderId)}`;
}
