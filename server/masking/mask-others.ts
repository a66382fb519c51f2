import type { AuditEvent } from '../contract/schemas/audit.ts';
import type { FilterValues as ListedValues } from '../contract/schemas/filter-values.ts';
import type { Group, GroupRow } from '../contract/schemas/groups.ts';
import type { Operation, OperationItem, OperationPreview } from '../contract/schemas/operations.ts';
import type { Order, OrderSearch, OrderSummary } from '../contract/schemas/orders.ts';
import type { SavedView } from '../contract/schemas/saved-views.ts';
import type { CountedGroup } from '../contract/schemas/statistics.ts';

import type { CompiledRules } from './compile-rules.ts';
import { isMaskedOrder, maskFilter, type FilterValues } from './filter-check.ts';
import { maskMessage, maskTexts, maskTimeline, maskWords } from './mask-messages.ts';
import { Masking } from './masking.ts';

/** An operation: what was typed for it can be somebody's too. */
export function maskOperation(operation: Operation, rules: CompiledRules): Operation {
  const masking = new Masking(rules);
  const { approval, stoppedBecause } = operation;
  return {
    ...operation,
    reason: masking.optional(operation.reason),
    filter: operation.filter && maskFilter(operation.filter, rules),
    approval: approval && {
      ...approval,
      decision: approval.decision && { ...approval.decision, reason: masking.optional(approval.decision.reason) },
    },
    // A rejection says its reason.
    ...(stoppedBecause === undefined || typeof stoppedBecause.params['reason'] !== 'string'
      ? {}
      : {
          stoppedBecause: {
            ...stoppedBecause,
            params: { ...stoppedBecause.params, reason: masking.text(stoppedBecause.params['reason']) },
          },
        }),
  };
}

/** The broker's words can quote a message. */
export function maskItem(item: OperationItem, rules: CompiledRules): OperationItem {
  const masking = new Masking(rules);
  return {
    ...item,
    routingKey: masking.optional(item.routingKey),
    ...(item.error === undefined ? {} : { error: { ...item.error, text: masking.optional(item.error.text) } }),
  };
}

export function maskPreview(preview: OperationPreview, rules: CompiledRules): OperationPreview {
  return {
    ...preview,
    targets: preview.targets.map((target) => ({ ...target, routingKey: new Masking(rules).text(target.routingKey) })),
    sample: preview.sample.map((message) => maskMessage(message, rules)),
  };
}

/** Titles are error messages without their numbers; a name can be in them still. */
export function maskGroup<Row extends Pick<GroupRow, 'errorType' | 'normalisedMessage' | 'note'>>(
  group: Row,
  rules: CompiledRules,
): Row {
  const masking = new Masking(rules);
  return {
    ...group,
    errorType: masking.optional(group.errorType),
    normalisedMessage: masking.optional(group.normalisedMessage),
    note: masking.optional(group.note),
  };
}

export function maskWholeGroup(group: Group, rules: CompiledRules): Group {
  const masking = new Masking(rules);
  return {
    ...maskGroup(group, rules),
    fingerprints: group.fingerprints.map((fingerprint) => ({
      ...fingerprint,
      errorType: masking.optional(fingerprint.errorType),
      normalisedMessage: masking.optional(fingerprint.normalisedMessage),
      frame: masking.optional(fingerprint.frame),
    })),
  };
}

export function maskCountedGroup(group: CountedGroup, rules: CompiledRules): CountedGroup {
  const masking = new Masking(rules);
  return { ...group, errorType: masking.optional(group.errorType), message: masking.text(group.message) };
}

/** An order's page. The ID that was asked for is known to whoever asked. */
export function maskOrder(order: Order, rules: CompiledRules): Order {
  const keysOf = new Map(order.messages.map((message) => [message.id, message.keys]));
  return {
    ...order,
    orderIds: maskOrderIds(order.orderIds, order.orderId, rules),
    messages: order.messages.map((message) => maskMessage(message, rules)),
    timeline: maskTimeline(order.timeline, rules, keysOf),
  };
}

export function maskOrderSummary(summary: OrderSummary, rules: CompiledRules): OrderSummary {
  const { lastEvent } = summary;
  return {
    ...summary,
    orderIds: maskOrderIds(summary.orderIds, summary.orderId, rules),
    lastEvent:
      lastEvent?.kind === 'died'
        ? { ...lastEvent, errorType: new Masking(rules).optional(lastEvent.errorType) }
        : lastEvent,
  };
}

/** What is like a masked ID would tell it letter by letter: only the very ID that was typed is found. */
export function maskOrderSearch(found: OrderSearch, asked: string, rules: CompiledRules): OrderSearch {
  return { ...found, data: found.data.filter(({ orderId }) => orderId === asked || !isMaskedOrder(orderId, rules)) };
}

export function maskOrderIds(orderIds: readonly string[], asked: string, rules: CompiledRules): string[] {
  return orderIds.filter((orderId) => orderId === asked || !isMaskedOrder(orderId, rules));
}

/** A value that cannot be said cannot be chosen either. */
export function maskListedValues(values: ListedValues, rules: CompiledRules): ListedValues {
  return { ...values, data: values.data.filter(({ value }) => new Masking(rules).text(value) === value) };
}

/** A view's address holds filters: those that are masked are hidden in it, other than from who typed them. */
export function maskView(view: SavedView, rules: CompiledRules, mayReveal: boolean): SavedView {
  if (view.isMine && mayReveal) return view;
  return { ...view, name: new Masking(rules).text(view.name), address: maskAddress(view.address, rules) };
}

export function maskAddress(address: string, rules: CompiledRules): string {
  const parameters = new URLSearchParams(address);
  const masked = [...parameters].map(([name, value]): [string, string] => [
    name,
    String(maskFilter({ [name]: value }, rules)[name]),
  ]);
  const isSame = [...parameters].every(([, value], index) => masked[index]?.[1] === value);
  return isSame ? address : new URLSearchParams(masked).toString();
}

/** The filters of an address, as `checkFilter` takes them. */
export function filterOfAddress(address: string): FilterValues {
  const parameters = new URLSearchParams(address);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

/**
 * An audit event. Its filters and order IDs are hidden where rules hide them, and its texts are masked; names of ours,
 * and the rules themselves, stay.
 */
export function maskAuditEvent(event: AuditEvent, rules: CompiledRules): AuditEvent {
  if (event.kind.startsWith('maskingRule.')) return event;
  // Error types come from messages, and names of views from whoever typed them; other subjects are names of ours.
  const isTyped = event.kind.startsWith('group.') || event.kind.startsWith('savedView.');
  const subject = isTyped ? new Masking(rules).optional(event.subject) : event.subject;
  const details = Object.fromEntries(
    Object.entries(event.details).map(([name, value]) => [name, maskDetail(name, value, rules)]),
  );
  return { ...event, subject, details };
}

function maskDetail(name: string, value: unknown, rules: CompiledRules): unknown {
  if (name === 'orderIds') return maskFilter({ orderId: value }, rules)['orderId'];
  if (name === 'address' && typeof value === 'string') return maskAddress(value, rules);
  if (name === 'filter' && isRecord(value)) return maskFilter(value, rules);
  if (typeof value === 'string') return new Masking(rules).text(value);
  if (Array.isArray(value)) return value.map((one: unknown) => maskDetail('', one, rules));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, maskDetail(inner, one, rules)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Words of the database, which can quote a message. */
export function maskResults<Result extends { text: string | null }>(
  results: readonly Result[],
  rules: CompiledRules,
): Result[] {
  return results.map((result) => ({ ...result, text: result.text === null ? null : maskWords(result.text, rules) }));
}

export function maskProblems<Problem extends { detail: string; params: Record<string, string> }>(
  problems: readonly Problem[],
  rules: CompiledRules,
): Problem[] {
  return problems.map((problem) => {
    const masking = new Masking(rules);
    return { ...problem, detail: masking.text(problem.detail), params: maskTexts(problem.params, masking) };
  });
}
