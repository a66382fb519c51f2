/**
 * What a user is, each also what those before are: a viewer looks, an operator acts on messages, a lead edits and reveals
 * them and approves what is large, an administrator manages the office.
 */
export const ROLES = ['viewer', 'operator', 'lead', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What can be done, and the least role that may do it. Every route names one of these. */
export const PERMISSIONS = {
  /** Everything that the console shows, masked. */
  'desk.read': 'viewer',
  'audit.read': 'viewer',
  /** Resend, delete, restore, handle; pause, go on, cancel. */
  'messages.act': 'operator',
  'groups.edit': 'operator',
  'views.share': 'operator',
  /** Stops and allows resends, of everybody. */
  'resends.freeze': 'operator',
  'messages.edit': 'lead',
  /** What masking hides, and what it does not reach: raw bodies, NDJSON, rejects, edited copies. */
  'messages.reveal': 'lead',
  'rejects.register': 'lead',
  /** A file of messages: it may hold those of any dead queue. */
  'rejects.import': 'lead',
  'operations.large': 'lead',
  'operations.approve': 'lead',
  'masking.edit': 'lead',
  'audit.export': 'lead',
  /** Shared views of somebody else. */
  'views.editAll': 'admin',
  'deadQueues.edit': 'admin',
  'settings.edit': 'admin',
  'users.edit': 'admin',
} as const satisfies Record<string, Role>;
export type Permission = keyof typeof PERMISSIONS;

/** What concerns everybody: somebody whose sight is limited to some dead queues may not do it, whatever the role. */
const OF_THE_WHOLE_OFFICE: readonly Permission[] = [
  'resends.freeze',
  'rejects.import',
  'masking.edit',
  'deadQueues.edit',
  'settings.edit',
  'users.edit',
  'views.editAll',
];

/** Whether somebody may do something. `scope`: null for those who see everything. */
export function may(who: { role: Role; scope: readonly string[] | null }, permission: Permission): boolean {
  if (who.scope !== null && OF_THE_WHOLE_OFFICE.includes(permission)) return false;
  return roleReaches(who.role, PERMISSIONS[permission]);
}

export function roleReaches(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
