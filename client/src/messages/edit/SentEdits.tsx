import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { AppLink } from '../../show/AppLink.tsx';
import { OutcomeMark } from '../../show/OutcomeMark.tsx';
import { Sentence } from '../../show/Sentence.tsx';
import { Time } from '../../show/Time.tsx';
import { changedParts } from './changed-parts.ts';
import { sentEditPath } from './edit-paths.ts';

/** The edits of a message that were sent in its place, oldest first. */
export function SentEdits({ message }: { message: MessageDetail }) {
  const text = useText();
  const sent = message.edits.filter(({ operationId }) => operationId !== null);
  if (sent.length === 0) return null;
  return (
    <Box component="section" aria-label={text('edit.sentTitle')} sx={{ px: 2, pt: 2, fontSize: '0.8125rem' }}>
      <Typography variant="h3" sx={{ mb: 0.5 }}>
        {text('edit.sentTitle')}
      </Typography>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.5 }}>
        {sent.map(({ id, author, savedAt, changed, outcome, operationId }) => (
          <li key={id}>
            <Sentence of="edit.sentBy" parts={{ name: author, time: <Time at={savedAt} /> }} />
            {' · '}
            {outcome === null ? text('timeline.waiting') : <OutcomeMark outcome={outcome} />}
            {' · '}
            {text('edit.sentParts', { parts: changedParts(changed, text) })}
            {' · '}
            <AppLink inText to={`/operations/${operationId ?? ''}`}>
              {text('timeline.operationLink', { id: operationId ?? '' })}
            </AppLink>
            {' · '}
            <AppLink inText to={sentEditPath(message.id, id)}>
              {text('edit.what')}
            </AppLink>
          </li>
        ))}
      </Box>
    </Box>
  );
}
