import type { ApprovalCause, OperationPreview } from '../../../../server/contract/schemas/operations.ts';
import type { Text } from '../../i18n/use-text.ts';

/** Why an operation takes a second person, in words. */
export function approvalWords(because: readonly ApprovalCause[], text: Text): string {
  return because.map(({ code, params }) => text(`approval.causes.${code}`, params)).join('; ');
}

/** Whether so many messages are more than this user may start an operation on. */
export function isTooLarge(preview: OperationPreview | undefined, counted: number): boolean {
  const limit = preview?.tooLarge ?? null;
  return limit !== null && counted >= limit.from;
}
