import { ROLES, roleReaches, type Role } from '../../contract/access.ts';

/** What the members of one group are here. */
export interface RoleRule {
  group: string;
  role: Role;
  /** Patterns of dead queues; null: all of them. */
  scope: string[] | null;
}

/** What somebody is here. */
export type Standing = Pick<RoleRule, 'role' | 'scope'>;

/** A group may have a `=` in its name (as those of LDAP do): the last one before a role counts. */
const RULE = new RegExp(`^(.+)=(${ROLES.join('|')})(?::(.*))?$`);

/** Reads `desk-admins=admin;orders-team=operator:orders.*,payments.*`. */
export function parseRoleRules(text: string): { ok: true; rules: RoleRule[] } | { ok: false; problems: string[] } {
  const rules: RoleRule[] = [];
  const problems: string[] = [];
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const [, group, roleName, patterns] = RULE.exec(part) ?? [];
    const role = ROLES.find((one) => one === roleName);
    const scope = patterns?.split(',').map((one) => one.trim());
    if (group === undefined || role === undefined) {
      problems.push(`"${part}" must be group=role or group=role:queues, with one of the roles ${ROLES.join(', ')}`);
    } else if (scope?.some((one) => one === '' || Buffer.byteLength(one) > 255) === true) {
      problems.push(`"${part}" must name dead queues after the colon, such as orders.*, separated by commas`);
    } else if (role === 'admin' && scope !== undefined) {
      problems.push(`"${part}" limits administrators, who see all dead queues`);
    } else {
      rules.push({ group: group.trim(), role, scope: scope ?? null });
    }
  }
  if (rules.length === 0 && problems.length === 0)
    problems.push('must name at least one group, such as desk-admins=admin');
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules };
}

/**
 * What the member of these groups is: the highest role that one of them gives, for the dead queues of those groups that
 * give this very role. What a lower role would have added is left out, so that nobody gets a right on a dead queue on
 * which no group gave it. Null when no group gives anything.
 */
export function standingOf(groups: readonly string[], rules: readonly RoleRule[]): Standing | null {
  const given = rules.filter(({ group }) => groups.includes(group));
  const [first] = given;
  if (first === undefined) return null;
  const role = given.reduce<Role>(
    (highest, rule) => (roleReaches(rule.role, highest) ? rule.role : highest),
    first.role,
  );
  const scopes = given.filter((rule) => rule.role === role).map(({ scope }) => scope);
  if (scopes.includes(null)) return { role, scope: null };
  return { role, scope: [...new Set(scopes.flatMap((scope) => scope ?? []))].sort() };
}
