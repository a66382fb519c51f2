import PriorityHigh from '@mui/icons-material/PriorityHigh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TableCell from '@mui/material/TableCell';
import type { ReactNode } from 'react';

import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { MONO, SANS } from '../../theme/theme.ts';
import { readTyped } from '../typed-text.ts';
import type { HeaderFault } from './header-rows.ts';
import type { PropertyFault } from './property-rows.ts';
import { ChangeWord } from './parts.tsx';

/** For names and values that are written as they are on the wire. */
export const PLAIN_FIELD = { spellCheck: false, autoComplete: 'off', autoCapitalize: 'off' } as const;
export const MONO_FIELD = { sx: { fontFamily: MONO } } as const;

/** What is wrong with a field, in words. */
export function useFaultWords(): (fault: HeaderFault | PropertyFault) => string {
  const text = useText();
  return ({ code, params }) => text(`edit.fault.${code}`, params);
}

/** A name that is not edited: of a header that was taken out, or whose bytes are no text. */
export function Fixed({ isRemoved, children }: { isRemoved: boolean; children: ReactNode }) {
  return (
    <Box
      component="span"
      sx={{
        fontFamily: MONO,
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
        textDecoration: isRemoved ? 'line-through' : 'none',
      }}
    >
      {children}
    </Box>
  );
}

/** The value of a header that is not edited. */
export function KeptValue({ header, isRemoved }: { header: TypedHeader | null; isRemoved: boolean }) {
  const text = useText();
  if (header === null || header.type === 'void') return null;
  const reading = readTyped(header.type === 'unparsed' ? { type: 'bytes', value: header.value } : header);
  if (reading.kind === 'text') return <Fixed isRemoved={isRemoved}>{reading.text}</Fixed>;
  return (
    <>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {text('edit.bytesKept')}
      </Box>{' '}
      <Fixed isRemoved={isRemoved}>{reading.base64}</Fixed>
    </>
  );
}

/** What is wrong where there is no field that could say it. */
export function Wrong({ children }: { children: ReactNode }) {
  return <Box sx={{ mt: 0.5, fontSize: '0.75rem', color: (theme) => theme.palette.state.bad }}>{children}</Box>;
}

/** Whoever changes this one should know what goes by it. */
export function Sensitive() {
  const text = useText();
  return (
    <Box
      sx={{
        display: 'flex',
        gap: 0.5,
        mt: 0.5,
        fontFamily: SANS,
        fontSize: '0.75rem',
        color: (theme) => theme.palette.state.waiting,
      }}
    >
      <PriorityHigh aria-hidden sx={{ fontSize: '0.9rem', mt: '1px' }} />
      {text('edit.sensitive')}
    </Box>
  );
}

interface RowEndProps {
  change: 'added' | 'removed' | 'changed' | undefined;
  name: string;
  isRemoved: boolean;
  onRemove: () => void;
  onPutBack: () => void;
}

/** What became of a row, and the way to take it out or to put it back. */
export function RowEnd({ change, name, isRemoved, onRemove, onPutBack }: RowEndProps) {
  const text = useText();
  return (
    <TableCell sx={{ whiteSpace: 'nowrap', textAlign: 'right' }}>
      <ChangeWord change={change} />{' '}
      <Button
        color="inherit"
        aria-label={text(isRemoved ? 'edit.putBackNamed' : 'edit.removeNamed', { name })}
        onClick={isRemoved ? onPutBack : onRemove}
      >
        {text(isRemoved ? 'edit.putBack' : 'common.remove')}
      </Button>
    </TableCell>
  );
}
