import type { Role } from '../../../server/contract/access.ts';

/** Role and scope as they stand in a form: patterns are lines of text until they are saved. */
export interface RightsForm {
  role: Role;
  isLimited: boolean;
  patterns: string;
}

export function asForm(role: Role, scope: readonly string[] | null): RightsForm {
  return { role, isLimited: scope !== null, patterns: scope?.join('\n') ?? '' };
}

/** The patterns of a form, each once. */
export function patternsOf({ patterns }: RightsForm): string[] {
  const lines = patterns.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** The scope that a form says; null: everything. An administrator has none, whatever stands there. */
export function scopeOf(form: RightsForm): string[] | null {
  return form.role === 'admin' || !form.isLimited ? null : patternsOf(form);
}

/** Limited, but to nothing: that says nothing yet. */
export function lacksPatterns(form: RightsForm): boolean {
  return scopeOf(form)?.length === 0;
}
