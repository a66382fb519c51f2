import { may } from '../contract/access.ts';
import { MASK } from '../contract/masking.ts';
import type { TextProperty } from '../contract/wire.ts';
import { AppError } from '../web/app-error.ts';
import type { Principal } from '../web/route.ts';

import type { CompiledRules } from './compile-rules.ts';
import { ruleOfProperty } from './mask-wire.ts';
import { Masking } from './masking.ts';

/** The filters that take what a message holds; the others take what it is. */
const TEXT_FILTERS = ['text', 'errorType', 'routingKey'] as const;
const PROPERTY_FILTERS: readonly TextProperty[] = ['messageId', 'correlationId'];

/** A filter as queries, selections and saved views have it. */
export type FilterValues = Readonly<Record<string, unknown>>;

/**
 * A filter by what masking hides would tell it: is it there, how often, in which order. Whoever may not reveal may not
 * ask for it either.
 *
 * @throws AppError `filter.masked`; it names the filters, never their values.
 */
export function checkFilter(filter: FilterValues, rules: CompiledRules, principal: Principal): void {
  if (may(principal, 'messages.reveal')) return;
  const names = Object.keys(filter).filter((name) => isMasked(name, filter[name], rules));
  if (names.length > 0) throw new AppError('filter.masked', { params: { filters: names.join(', ') } });
}

/** The same filter with what is masked in it hidden: as it is shown to those who did not type it. */
export function maskFilter<Filter extends FilterValues>(filter: Filter, rules: CompiledRules): Filter {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [
      name,
      isMasked(name, value, rules) ? maskValue(name, value, rules) : value,
    ]),
  ) as Filter;
}

/** Whether an order ID is one that masking hides. */
export function isMaskedOrder(orderId: string, rules: CompiledRules): boolean {
  return isMasked('orderId', orderId, rules);
}

function isMasked(name: string, value: unknown, rules: CompiledRules): boolean {
  return JSON.stringify(maskValue(name, value, rules)) !== JSON.stringify(value);
}

function maskValue(name: string, value: unknown, rules: CompiledRules): unknown {
  if (Array.isArray(value)) return value.map((one) => maskValue(name, one, rules));
  if (typeof value !== 'string') return value;
  if (name === 'orderId') return maskKey('orderId', value, rules);
  if (name === 'key') {
    const colon = value.indexOf(':');
    const key = value.slice(0, Math.max(colon, 0));
    return `${key}:${maskKey(key, value.slice(colon + 1), rules)}`;
  }
  if (TEXT_FILTERS.some((known) => known === name)) return new Masking(rules).text(value);
  const property = PROPERTY_FILTERS.find((known) => known === name);
  if (property === undefined) return value;
  const masking = new Masking(rules);
  return ruleOfProperty(masking, property) === undefined ? masking.text(value) : MASK;
}

/** A value of a key that is shown is no card, as in the messages themselves. */
function maskKey(name: string, value: string, rules: CompiledRules): string {
  return new Masking(rules, { [name]: [value] }).keyValue(name, value);
}
