import Box from '@mui/material/Box';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { CopyButton } from '../show/CopyButton.tsx';
import { Facts, type Fact } from '../show/Facts.tsx';
import { Time } from '../show/Time.tsx';
import { MONO } from '../theme/theme.ts';

/** The error as the worker or the broker described it. */
export function ErrorTab({ message }: { message: MessageDetail }) {
  const text = useText();
  const reason = text(`reason.${message.reason}`);
  const facts: Fact[] = [{ name: text('column.reason'), value: reason }];
  if (message.errorType !== null) facts.push({ name: text('error.type'), value: message.errorType });
  if (message.errorMessage !== null) facts.push({ name: text('error.message'), value: message.errorMessage });
  if (message.retryCount !== null) facts.push({ name: text('error.retries'), value: message.retryCount });
  if (message.framework !== null)
    facts.push({ name: text('error.framework'), value: frameworkName(message.framework, text) });
  if (message.occurredAt !== null)
    facts.push({ name: text('error.occurredAt'), value: <Time at={message.occurredAt} show="clock" /> });
  const described = message.errorType !== null || message.errorMessage !== null;
  return (
    <Box sx={{ p: 2, display: 'grid', gap: 1.5, fontSize: '0.8125rem' }}>
      {!described && (
        <Box>
          {text('error.none')}{' '}
          <Box component="span" color="text.secondary">
            {text('error.noneText', { reason })}
          </Box>
        </Box>
      )}
      <Facts facts={facts} />
      {message.stackTrace === null ? (
        <Box color="text.secondary">{text('error.noStack')}</Box>
      ) : (
        <Box>
          <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
            <strong>{text('error.stack')}</strong>
            <CopyButton what={text('error.stack')} value={message.stackTrace} />
          </Box>
          <Box
            component="pre"
            tabIndex={0}
            sx={{
              m: 0,
              mt: 0.5,
              p: 1.5,
              borderRadius: 1,
              bgcolor: 'sunken',
              fontFamily: MONO,
              fontSize: '0.78rem',
              lineHeight: 1.6,
              overflow: 'auto',
              maxHeight: '60vh',
            }}
          >
            {message.stackTrace}
          </Box>
        </Box>
      )}
    </Box>
  );
}

/** Our two ways of reading in words; a framework by its own name. */
function frameworkName(framework: string, text: Text): string {
  if (framework === 'convention') return text('error.byConvention');
  return framework === 'rabbitmq' ? text('error.byRabbitmq') : framework;
}
