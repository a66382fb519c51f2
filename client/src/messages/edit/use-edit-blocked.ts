import type { Message, MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { allows } from '../../operations/action-rules.ts';
import { useBlocked } from '../../session/use-user.ts';

/** Why this message cannot be edited now; undefined where it can. Of a message in a list its contents are not known. */
export function useEditBlocked(message: Message & Partial<Pick<MessageDetail, 'bodyPreview'>>): string | undefined {
  const text = useText();
  const mayNot = useBlocked('messages.edit');
  if (mayNot !== undefined) return mayNot;
  if (!allows('resend', message.status)) return text('edit.blocked.status');
  return message.bodyPreview === null ? text('items.item.contentsPurged') : undefined;
}
