import { recordAuditEvent } from '../audit/audit-store.ts';
import { settings, settingsChange, type Settings, type SettingsChange } from '../contract/schemas/settings.ts';
import type { Database } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { mustBeAllowed, route, type Principal, type Route } from '../web/route.ts';

import { readSettings, writeSettings } from './settings-store.ts';

/** The runtime switches. `changed` is called after a change, so that this process follows it at once. */
export function settingsRoutes(database: Database, changed: () => void): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/settings',
      summary: 'The runtime switches',
      access: 'desk.read',
      responses: { 200: { description: 'The settings.', schema: settings } },
      handle: async () => ({ status: 200, body: await readSettings(database) }),
    }),
    route({
      method: 'patch',
      path: '/api/settings',
      summary: 'Change runtime switches. Every instance follows within two seconds',
      access: 'resends.freeze',
      body: settingsChange,
      responses: { 200: { description: 'The settings.', schema: settings } },
      handle: async ({ body, principal, requestId }) => {
        const { resendsFrozen: _resendsFrozen, ...others } = body;
        if (Object.keys(others).length > 0) mustBeAllowed(principal, 'settings.edit');
        const now = await inTransaction(database, async (transaction) => {
          const before = await readSettings(transaction);
          const written = valuesOf(body, principal);
          await writeSettings(transaction, written, principal.userId);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'settings.changed',
            details: { ...body, before: asFarAs(body, before) },
            requestId,
          });
          return await readSettings(transaction);
        });
        changed();
        return { status: 200, body: now };
      },
    }),
  ];
}

/** What was in force, of what a change is about. */
function asFarAs(change: SettingsChange, before: Settings): Partial<Settings> {
  return Object.fromEntries(Object.entries(before).filter(([name]) => Object.hasOwn(change, name)));
}

function valuesOf({ resendsFrozen, ...others }: SettingsChange, { username }: Principal): Partial<Settings> {
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  if (resendsFrozen === undefined) return given;
  return {
    ...given,
    resendsFrozen:
      resendsFrozen === null ? null : { reason: resendsFrozen.reason, by: username, since: new Date().toISOString() },
  };
}
