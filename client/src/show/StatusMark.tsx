import type { MessageStatus } from '../../../server/contract/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from './Mark.tsx';
import { STATUS_LOOKS } from './marks.ts';

/** The state of a failed message. */
export function StatusMark({ status }: { status: MessageStatus }) {
  const text = useText();
  return <Mark look={STATUS_LOOKS[status]} label={text(`status.${status}`)} means={text(`statusMeans.${status}`)} />;
}
