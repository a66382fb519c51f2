import CheckCircle from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutline from '@mui/icons-material/ErrorOutline';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useLocale } from 'ra-core';
import { useDeferredValue, useId, useMemo, useState } from 'react';

import type { DraftBody } from '../../../../server/contract/schemas/drafts.ts';
import { useText } from '../../i18n/use-text.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { formatBytes } from '../../show/numbers.ts';
import { jsonFault, placeOf } from '../body/json-fault.ts';
import { formatJson } from '../body/json-text.ts';
import { readBody, utf8Length } from './body-text.ts';
import { CodeEditor } from './CodeEditor.tsx';
import { Note, Section } from './parts.tsx';

interface BodyPanelProps {
  /** As it failed. */
  original: DraftBody | null;
  /** As it stands; null where it is not edited as text. */
  value: string | null;
  isJson: boolean;
  mostBytes: number;
  onChange: (text: string) => void;
}

/** The body as it is, byte by byte, to be edited as text; or why it cannot be. */
export function BodyPanel({ original, value, isJson, mostBytes, onChange }: BodyPanelProps) {
  const text = useText();
  const locale = useLocale();
  const describedBy = useId();
  const [goTo, setGoTo] = useState<{ offset: number }>();
  const read = useMemo(() => readBody(original), [original]);
  if (typeof read === 'string' || value === null) {
    return (
      <Section title={text('tab.body')}>
        <Note>
          {read === 'tooLarge'
            ? text('edit.bodyTooLarge', { most: formatBytes(mostBytes, locale) })
            : text('edit.bodyBinary')}
        </Note>
      </Section>
    );
  }
  const notes = [
    read.lineSeparator === '\r\n' && text('edit.crlf'),
    read.isMixed && text('edit.mixedLineEndings'),
    read.hasMark && text('edit.byteOrderMark'),
  ].filter((note) => note !== false);
  const laidOut = () => {
    const parts = formatJson(value);
    if (parts === undefined) return;
    onChange(parts.map((part) => part.text.replace(/\n/g, read.lineSeparator)).join(''));
  };
  return (
    <Section
      title={text('tab.body')}
      actions={
        isJson && (
          <GatedButton
            blocked={jsonFault(value) === undefined ? undefined : text('edit.layOutBlocked')}
            hint={text('edit.layOutHint')}
            color="inherit"
            onClick={laidOut}
          >
            {text('edit.layOut')}
          </GatedButton>
        )
      }
    >
      <CodeEditor
        value={value}
        onChange={onChange}
        isJson={isJson}
        label={text('tab.body')}
        describedBy={describedBy}
        lineSeparator={read.lineSeparator}
        isMixed={read.isMixed}
        goTo={goTo}
      />
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 2,
          rowGap: 0.5,
          px: 2,
          py: 1,
          fontSize: '0.75rem',
          color: 'text.secondary',
        }}
      >
        <Validity
          value={value}
          isJson={isJson}
          onGoTo={(offset) => {
            setGoTo({ offset });
          }}
        />
        <Size bytes={utf8Length(value)} most={mostBytes} />
        {notes.map((note) => (
          <span key={note}>{note}</span>
        ))}
        <span id={describedBy}>{text('edit.keys')}</span>
      </Box>
    </Section>
  );
}

/** Whether the text is JSON, and where not; told to screen readers when it changes. */
function Validity({ value, isJson, onGoTo }: { value: string; isJson: boolean; onGoTo: (offset: number) => void }) {
  const text = useText();
  const settled = useDeferredValue(value);
  const fault = useMemo(() => (isJson ? jsonFault(settled) : undefined), [settled, isJson]);
  const place = fault === undefined ? undefined : placeOf(settled, fault);
  return (
    <Box role="status" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}>
      {isJson && place === undefined && (
        <>
          <CheckCircle aria-hidden sx={{ fontSize: '1rem', color: (theme) => theme.palette.state.good }} />
          {text('edit.json.valid')}
        </>
      )}
      {place && fault !== undefined && (
        <>
          <ErrorOutline aria-hidden sx={{ fontSize: '1rem', color: (theme) => theme.palette.state.bad }} />
          {text('edit.json.invalid', { line: String(place.line), column: String(place.column) })}
          <Button
            sx={{ py: 0, fontSize: 'inherit' }}
            onClick={() => {
              onGoTo(fault);
            }}
          >
            {text('edit.json.goTo')}
          </Button>
        </>
      )}
      {!isJson && text('edit.json.none')}
    </Box>
  );
}

function Size({ bytes, most }: { bytes: number; most: number }) {
  const text = useText();
  const locale = useLocale();
  if (bytes <= most) return <span>{formatBytes(bytes, locale)}</span>;
  return (
    <Box component="span" sx={{ color: (theme) => theme.palette.state.bad }}>
      {text('edit.bodyNowTooLarge', { size: formatBytes(bytes, locale), most: formatBytes(most, locale) })}
    </Box>
  );
}
