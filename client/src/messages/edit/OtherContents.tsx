import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef, useState, type ReactNode } from 'react';

import type { EditableContents, Editing } from '../../../../server/contract/schemas/drafts.ts';
import { useText } from '../../i18n/use-text.ts';
import { ContentsDiff } from './ContentsDiff.tsx';

interface OtherContentsProps {
  /** What happened, and what it means for the edit. */
  children: ReactNode;
  mine: EditableContents | undefined;
  other: EditableContents;
  otherLabel: string;
  sensitive: Editing['sensitive'];
  /** Puts the other contents into the form. */
  onTake: () => void;
  /** Goes on with the form as it is. */
  onKeep: () => void;
}

/** Other contents beside those in the form, and the choice between them. Nothing is lost by looking. */
export function OtherContents({ children, mine, other, otherLabel, sensitive, onTake, onKeep }: OtherContentsProps) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.focus();
  }, []);
  return (
    <Box ref={place} tabIndex={-1} sx={{ mb: 2, outline: 'none' }}>
      <Alert severity="warning" variant="outlined" sx={{ mb: isOpen ? 2 : 0 }}>
        {children}
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1 }}>
          <Button
            variant="outlined"
            color="inherit"
            aria-expanded={isOpen}
            disabled={mine === undefined}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            {text(isOpen ? 'edit.hideComparison' : 'edit.compare')}
          </Button>
          <Button variant="outlined" color="inherit" onClick={onTake}>
            {text('edit.take')}
          </Button>
          <Button variant="outlined" color="inherit" onClick={onKeep}>
            {text('edit.keepMine')}
          </Button>
        </Box>
      </Alert>
      {isOpen && mine !== undefined && (
        <ContentsDiff
          before={other}
          after={mine}
          beforeLabel={otherLabel}
          afterLabel={text('edit.inTheEditor')}
          sensitive={sensitive}
        />
      )}
    </Box>
  );
}
