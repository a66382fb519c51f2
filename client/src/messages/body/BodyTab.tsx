import Download from '@mui/icons-material/Download';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Checkbox from '@mui/material/Checkbox';
import ToggleButton from '@mui/material/ToggleButton';
import Tooltip from '@mui/material/Tooltip';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useLocale } from 'ra-core';
import { useMemo, useState } from 'react';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { CopyButton } from '../../show/CopyButton.tsx';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { formatBytes } from '../../show/numbers.ts';
import { FORMATTED_WHOLE, fromBytes, fromPreview, SHOWN_WHOLE, type BodyContent } from './body-content.ts';
import { formatJson } from './json-text.ts';
import { BodyView, type BodyViewName } from './BodyView.tsx';

interface BodyTabProps {
  message: Pick<MessageDetail, 'bodyPreview' | 'contentType'> & { bodySize: number };
  /** Where its bytes are. */
  path: string;
}

/** The body: laid out where it is JSON, else as it is; and as hex. Big bodies only when somebody asks for them. */
export function BodyTab({ message, path }: BodyTabProps) {
  const text = useText();
  const locale = useLocale();
  const [wanted, setWanted] = useState(false);
  const whole = useOfficeQuery(['body', path], (signal) => office.bytes(path, signal), {
    enabled: wanted,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const preview = message.bodyPreview;
  const content = useMemo<BodyContent | undefined>(
    () => (whole.data ? fromBytes(whole.data) : preview ? fromPreview(preview) : undefined),
    [whole.data, preview],
  );
  const json = useMemo(
    () =>
      content?.text !== undefined && !content.truncated && content.bytes.length <= FORMATTED_WHOLE
        ? formatJson(content.text)
        : undefined,
    [content],
  );
  const [chosen, setChosen] = useState<BodyViewName>();
  const [wrap, setWrap] = useState(true);

  if (!content) return <Note>{text('body.purged')}</Note>;
  if (message.bodySize === 0) return <Note>{text('body.empty')}</Note>;
  const fitting: BodyViewName = json ? 'formatted' : content.text === undefined ? 'hex' : 'raw';
  const view =
    (chosen === 'formatted' && !json) || (chosen === 'raw' && content.text === undefined)
      ? fitting
      : (chosen ?? fitting);
  /** Why the body cannot be shown so. */
  const why: Partial<Record<BodyViewName, string>> = {
    ...(json ? {} : { formatted: text('body.notFormatted') }),
    ...(content.text === undefined ? { raw: text('body.binary') } : {}),
  };
  const claimsJson = /\bjson\b/i.test(message.contentType ?? '');
  const size = formatBytes(message.bodySize, locale);
  return (
    <>
      <Box
        sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, px: 2, py: 1, fontSize: '0.8125rem' }}
      >
        <ToggleButtonGroup
          exclusive
          size="small"
          value={view}
          aria-label={text('body.views')}
          onChange={(_event, next: BodyViewName | null) => {
            if (next && why[next] === undefined) setChosen(next);
          }}
        >
          {BODY_VIEWS.map((name) => (
            <Tooltip key={name} describeChild title={why[name] ?? ''}>
              <ToggleButton
                value={name}
                aria-disabled={why[name] !== undefined}
                sx={{ ...SMALL, opacity: why[name] === undefined ? 1 : 0.5 }}
              >
                {text(`body.${name}`)}
              </ToggleButton>
            </Tooltip>
          ))}
        </ToggleButtonGroup>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {[message.contentType, size].filter((part) => part !== null && part !== '').join(' · ')}
        </Box>
        <Box sx={{ flex: 1 }} />
        {view !== 'hex' && (
          <FormControlLabel
            label={text('body.wrap')}
            slotProps={{ typography: { variant: 'body2' } }}
            sx={{ mr: 0 }}
            control={
              <Checkbox
                checked={wrap}
                onChange={(_event, on) => {
                  setWrap(on);
                }}
              />
            }
          />
        )}
        {content.text !== undefined && !content.truncated && (
          <CopyButton
            what={text('tab.body')}
            value={json && view === 'formatted' ? json.map((part) => part.text).join('') : content.text}
          />
        )}
        <Button
          color="inherit"
          component="a"
          href={path}
          download
          startIcon={<Download aria-hidden />}
          title={text('body.recorded')}
        >
          {text('body.download')}
        </Button>
      </Box>
      {content.truncated && (
        <Note>
          {text('body.truncated', { shown: formatBytes(content.bytes.length, locale), total: size })}{' '}
          {message.bodySize > SHOWN_WHOLE ? (
            text('body.tooLargeToShow', { size })
          ) : (
            <Button
              variant="outlined"
              loading={whole.isFetching}
              title={text('body.recorded')}
              onClick={() => {
                setWanted(true);
              }}
            >
              {text('body.loadWhole')}
            </Button>
          )}
          {whole.error && <FaultNotice error={whole.error} />}
        </Note>
      )}
      {content.text === undefined && <Note>{text('body.binary')}</Note>}
      {claimsJson &&
        !json &&
        content.text !== undefined &&
        !content.truncated &&
        content.bytes.length <= FORMATTED_WHOLE && <Note>{text('body.notJson')}</Note>}
      <BodyView content={content} json={json} view={view} wrap={wrap} />
    </>
  );
}

const BODY_VIEWS = ['formatted', 'raw', 'hex'] as const satisfies BodyViewName[];
const SMALL = { px: 1.25, py: 0.25, textTransform: 'none', fontSize: '0.8125rem' };

function Note({ children }: { children: React.ReactNode }) {
  return <Box sx={{ px: 2, py: 1.25, fontSize: '0.8125rem', color: 'text.secondary' }}>{children}</Box>;
}
