import type { Message, MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { allows } from '../../operations/action-rules.ts';
import { roleReaches, useUser } from '../../session/use-user.ts';

/** Why a user may not edit messages at all; undefined where the role reaches, or is not known yet. */
export function useEditRoleBlocked(): string | undefined {
  const text = useText();
  const user = useUser();
  return user && !roleReaches(user.role, 'lead')
    ? text('edit.blocked.role', { role: text(`role.${user.role}`) })
    : undefined;
}

/** Why this message cannot be edited now; undefined where it can. Of a message in a list its contents are not known. */
export function useEditBlocked(message: Message & Partial<Pick<MessageDetail, 'bodyPreview'>>): string | undefined {
  const text = useText();
  const role = useEditRoleBlocked();
  if (role !== undefined) return role;
  if (!allows('resend', message.status)) return text('edit.blocked.status');
  return message.bodyPreview === null ? text('items.item.contentsPurged') : undefined;
}
