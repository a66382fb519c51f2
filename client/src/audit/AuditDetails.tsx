import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { ROLES } from '../../../server/contract/access.ts';
import { ACTIONS, OPERATION_STATUSES, OUTCOMES } from '../../../server/contract/operations.ts';
import { REGISTRATION_OUTCOMES, REJECT_PLACES } from '../../../server/contract/rejects.ts';
import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { formatNumber } from '../show/numbers.ts';

/** What says nothing beside the other columns. */
const SILENT = new Set(['id', 'selection', 'entry', 'content']);

/** Numbers of a purge and its terms; what is 0 goes without saying. */
const RETENTION = ['contents', 'records', 'contentsKeptDays', 'recordsKeptDays'] as const;

const RESEND_OPTIONS = ['restoreCc', 'restoreExpiration', 'sendInexact'] as const;

/** The facts that an event carries, in words where we know them and by their names where we do not. */
export function AuditDetails({ details }: { details: AuditEvent['details'] }) {
  const text = useText();
  const locale = useLocale();
  const said = Object.entries(details)
    .filter(([name, value]) => !SILENT.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => inWords(name, value, text, locale))
    .filter((words) => words !== '');
  return (
    <Box component="span" sx={{ color: 'text.primary' }}>
      {said.join(' · ')}
    </Box>
  );
}

function inWords(name: string, value: unknown, text: Text, locale: string): string {
  const action = name === 'action' && ACTIONS.find((one) => one === value);
  if (action) return text(`action.${action}`);
  const status = name === 'status' && OPERATION_STATUSES.find((one) => one === value);
  if (status) return text(`operationStatus.${status}`);
  const role = name === 'role' && ROLES.find((one) => one === value);
  if (role) return text(`role.${role}`);
  const registered = typeof value === 'number' && REGISTRATION_OUTCOMES.find((one) => one === name);
  if (registered) return value === 0 ? '' : text(`registration.${registered}`, { count: value });
  if (name === 'problems' && typeof value === 'number')
    return value === 0 ? '' : text('auditEvents.problems', { count: value });
  if (name === 'from' && REJECT_PLACES.some((place) => place === value))
    return text(value === 'journal' ? 'rejects.journal' : 'rejects.rejects');
  if ((name === 'total' || name === 'messages') && typeof value === 'number')
    return text('auditEvents.total', { count: value });
  if (name === 'skipped' && typeof value === 'number')
    return value === 0 ? '' : text('auditEvents.skipped', { count: value });
  const retention = typeof value === 'number' && RETENTION.find((one) => one === name);
  if (retention) return value === 0 ? '' : text(`auditEvents.${retention}`, { count: value });
  const option = value === true && RESEND_OPTIONS.find((one) => one === name);
  if (option) return text(`operations.${option}`);
  if (name === 'orderIds' && Array.isArray(value)) {
    const named = value.slice(0, 3).map(plain).join(', ');
    return text('auditEvents.orders', { count: value.length, ids: value.length > 3 ? `${named}, …` : named });
  }
  if (name === 'reason' && typeof value === 'string') return text('timeline.quote', { text: value });
  if (isRecord(value)) {
    if (name === 'outcomes') return outcomes(value, text, locale);
    if (name === 'target') return target(value, text);
    return Object.entries(value)
      .map(([inner, one]) => `${inner}: ${plain(one)}`)
      .join(', ');
  }
  return `${name}: ${plain(value)}`;
}

function outcomes(counts: Record<string, unknown>, text: Text, locale: string): string {
  return OUTCOMES.filter((outcome) => Number(counts[outcome]) > 0)
    .map((outcome) => `${formatNumber(Number(counts[outcome]), locale)} ${text(`outcome.${outcome}`)}`)
    .join(', ');
}

function target({ kind, exchange, routingKey }: Record<string, unknown>, text: Text): string {
  if (kind === 'original') return text('operations.targetOriginal');
  if (kind === 'queue') return text('operations.targetQueue');
  return text('operations.targetCustom', {
    exchange: exchange === '' ? text('way.defaultExchange') : plain(exchange),
    routingKey: plain(routingKey),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
