/**
 * What a user may do, each also what those before may: a viewer looks, an operator acts on messages, a lead edits them
 * before they are sent, an administrator manages the office.
 */
export const ROLES = ['viewer', 'operator', 'lead', 'administrator'] as const;
export type Role = (typeof ROLES)[number];
