import Box from '@mui/material/Box';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { failureInWords, shortType } from './message-parts.tsx';

/** So much of an error message is in the sentence; the whole of it is with the error. */
const MESSAGE = 220;

/** What failed, in one sentence: who did what how often, and with which error. */
export function Headline({ message }: { message: Message }) {
  const text = useText();
  const error = [
    message.errorType && shortType(message.errorType),
    message.errorMessage && `“${shortened(message.errorMessage)}”`,
  ]
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

function shortened(text: string): string {
  return text.length > MESSAGE ? `${text.slice(0, MESSAGE).trimEnd()}…` : text;
}
