import Box from '@mui/material/Box';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { failureInWords, shortType } from './message-parts.tsx';

/** What failed, in one sentence: who did what how often, and with which error. */
export function Headline({ message }: { message: MessageDetail }) {
  const text = useText();
  const error = [message.errorType && shortType(message.errorType), message.errorMessage && `“${message.errorMessage}”`]
    .filter((part) => part !== null && part !== '')
    .join(', ');
  return (
    <>
      {failureInWords(message, text)}
      {error !== '' && (
        <>
          :{' '}
          <Box component="span" sx={{ fontWeight: 500 }}>
            {error}
          </Box>
        </>
      )}
    </>
  );
}
