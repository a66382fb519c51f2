import Box from '@mui/material/Box';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { MaskedText } from '../masking/MaskedText.tsx';
import { Facts, type Fact } from '../show/Facts.tsx';
import { Time } from '../show/Time.tsx';
import { StackTrace } from './StackTrace.tsx';

/** The error as the worker or the broker described it. */
export function ErrorTab({ message }: { message: MessageDetail }) {
  const text = useText();
  const reason = text(`reason.${message.reason}`);
  const facts: Fact[] = [{ name: text('column.reason'), value: reason }];
  if (message.errorType !== null) facts.push({ name: text('error.type'), value: message.errorType });
  if (message.errorMessage !== null) {
    facts.push({ name: text('error.message'), value: <MaskedText>{message.errorMessage}</MaskedText> });
  }
  return (
    <Box sx={LAYOUT}>
      {!isDescribed(message) && <NotDescribed reason={reason} />}
      <Facts facts={[...facts, ...moreFacts(message, text)]} />
      <StackTrace stack={message.stackTrace} maxHeight="60vh" />
    </Box>
  );
}

/** The same in less room, beside the body: type and message as they would be read out, the rest in one line. */
export function ErrorBeside({ message }: { message: MessageDetail }) {
  const text = useText();
  const reason = text(`reason.${message.reason}`);
  return (
    <Box sx={LAYOUT}>
      {isDescribed(message) ? (
        <Box sx={{ overflowWrap: 'anywhere', maxHeight: 130, overflow: 'auto' }} tabIndex={0}>
          {message.errorType !== null && <strong>{message.errorType}</strong>}
          {message.errorMessage !== null && (
            <Box sx={{ whiteSpace: 'pre-wrap' }}>
              <MaskedText>{message.errorMessage}</MaskedText>
            </Box>
          )}
        </Box>
      ) : (
        <NotDescribed reason={reason} />
      )}
      <Box component="dl" sx={IN_A_LINE}>
        {[{ name: text('column.reason'), value: reason }, ...moreFacts(message, text)].map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </Box>
      <StackTrace stack={message.stackTrace} maxHeight="128px" />
    </Box>
  );
}

const LAYOUT = {
  px: 2,
  py: 1.25,
  display: 'grid',
  gridTemplateColumns: 'minmax(0, 1fr)',
  gap: 1,
  fontSize: '0.8125rem',
};
const IN_A_LINE = {
  m: 0,
  display: 'flex',
  flexWrap: 'wrap',
  columnGap: 2,
  rowGap: 0.25,
  fontSize: '0.75rem',
  '& div': { display: 'flex', flexWrap: 'wrap', columnGap: 0.75 },
  '& dt': { color: 'text.secondary' },
  '& dd': { m: 0, overflowWrap: 'anywhere' },
};

function isDescribed({ errorType, errorMessage }: MessageDetail): boolean {
  return errorType !== null || errorMessage !== null;
}

function moreFacts({ retryCount, framework, occurredAt }: MessageDetail, text: Text): Fact[] {
  return [
    ...(retryCount === null ? [] : [{ name: text('error.retries'), value: retryCount }]),
    ...(framework === null ? [] : [{ name: text('error.framework'), value: frameworkName(framework, text) }]),
    ...(occurredAt === null
      ? []
      : [{ name: text('error.occurredAt'), value: <Time key="at" at={occurredAt} show="clock" /> }]),
  ];
}

function NotDescribed({ reason }: { reason: string }) {
  const text = useText();
  return (
    <Box>
      {text('error.none')}{' '}
      <Box component="span" color="text.secondary">
        {text('error.noneText', { reason })}
      </Box>
    </Box>
  );
}

/** Our two ways of reading in words; a framework by its own name. */
function frameworkName(framework: string, text: Text): string {
  if (framework === 'convention') return text('error.byConvention');
  return framework === 'rabbitmq' ? text('error.byRabbitmq') : framework;
}
