import { ROLES } from '../../../server/contract/access.ts';
import { ERRORS, type ErrorCode } from '../../../server/contract/errors.ts';
import { change, inner, listOf, type Details, type Tools } from './detail-parts.ts';

type Words = (string | undefined)[];

/** How somebody signed in, or why not. */
export function sessionWords(details: Details, { text }: Tools): Words {
  const code = details['code'];
  return [
    details['by'] === 'oidc' ? text('auditEvents.bySingleSignOn') : undefined,
    isErrorCode(code) ? text(`errors.${code}`) : undefined,
  ];
}

/** What somebody became, or is now in place of what they were. */
export function userWords(details: Details, tools: Tools): Words {
  const { text } = tools;
  const before = inner(details, 'before');
  const role = roleWords(details, tools);
  const scope = scopeWords(details, tools);
  return [
    role && change(text('auditEvents.role'), roleWords(before, tools), role, tools),
    scope && change(text('auditEvents.scope'), scopeWords(before, tools), scope, tools),
    details['by'] === 'oidc' ? text('auditEvents.bySingleSignOn') : undefined,
  ];
}

function roleWords(details: Details, { text }: Tools): string | undefined {
  const role = ROLES.find((one) => one === details['role']);
  return role && text(`role.${role}`);
}

function scopeWords(details: Details, { text }: Tools): string | undefined {
  if (details['scope'] === null) return text('auditEvents.allQueues');
  return details['scope'] === undefined ? undefined : listOf(details, 'scope').join(', ');
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
