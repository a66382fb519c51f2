import { useParams } from 'react-router-dom';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { usePolling } from '../live/live-context.ts';
import { MaskedNote } from '../masking/MaskedNote.tsx';
import { RevealContext } from '../masking/reveal-context.ts';
import { useRevealed } from '../masking/use-revealed.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { CompareMenu } from './compare/CompareMenu.tsx';
import { DraftNote } from './edit/DraftNote.tsx';
import { EnvelopeNote } from './EnvelopeNote.tsx';
import { Headline } from './Headline.tsx';
import { MessageActions } from './MessageActions.tsx';
import { MessageFacts } from './MessageFacts.tsx';
import { MessageParts } from './MessageParts.tsx';
import { Neighbours } from './Neighbours.tsx';
import { Way } from './Way.tsx';

/** One failed message: what failed in one sentence, the way it took, and everything that is known of it. */
export function MessagePage() {
  const text = useText();
  const { id = '' } = useParams();
  const {
    data: message,
    error,
    refetch,
  } = useOfficeQuery(['messages', 'one', id], (signal) => office.message(id, signal), {
    refetchInterval: usePolling(10_000),
  });
  if (!message) {
    return (
      <>
        <PageHeader before={<Neighbours id={id} />} title={text('messages.number', { id })} />
        <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines count={12} />}</Panel>
      </>
    );
  }
  return <Shown key={message.id} message={message} />;
}

function Shown({ message: masked }: { message: MessageDetail }) {
  const text = useText();
  const { id } = masked;
  const { revealed, reveal, hide, dialog } = useRevealed(`${id} ${masked.version}`, (reason) =>
    office.reveal(id, reason),
  );
  // What became of it meanwhile is news; a draft of it does not change it.
  const message = revealed === undefined ? masked : { ...revealed, edits: masked.edits };
  return (
    <RevealContext value={reveal}>
      <PageHeader
        before={<Neighbours id={id} />}
        title={<Headline message={message} />}
        tabTitle={text('messages.number', { id })}
        actions={<MessageActions message={message} />}
      />
      <MaskedNote masked={masked.masked} reveal={reveal} onHide={hide} />
      <MessageFacts message={message} compare={<CompareMenu message={message} />} />
      <DraftNote message={message} />
      <Way message={message} />
      <EnvelopeNote message={message} />
      <MessageParts message={message} />
      {dialog}
    </RevealContext>
  );
}
