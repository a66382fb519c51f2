import { lazy } from 'react';

/** Who did what. */
export const auditEvents = {
  name: 'audit-events',
  list: lazy(async () => ({ default: (await import('./AuditEventList.tsx')).AuditEventList })),
  recordRepresentation: 'id',
};
