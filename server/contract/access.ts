/** What a user may do: a viewer looks, an operator acts on messages, an administrator also manages the office. */
export const ROLES = ['viewer', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];
