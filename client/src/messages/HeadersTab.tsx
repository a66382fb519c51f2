import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useId, useState } from 'react';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { headerGroups, type HeaderGroup } from './header-groups.ts';
import { HeaderTable } from './HeaderTable.tsx';

interface HeadersTabProps {
  message: Pick<MessageDetail, 'headersTyped' | 'envelope'> & Partial<Pick<MessageDetail, 'headerSources'>>;
}

/**
 * The headers as they arrived: order, repeated names and wire types included. Where it is known who put them there they
 * are in groups: the application's own are open, what was noted because it failed is one step away.
 */
export function HeadersTab({ message: { headersTyped, headerSources, envelope } }: HeadersTabProps) {
  const text = useText();
  if (headersTyped.length === 0) {
    return <Box sx={{ px: 2, py: 1.5, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('headers.none')}</Box>;
  }
  if (headerSources === undefined) {
    return (
      <>
        <Box sx={{ px: 2, py: 1.25, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('headers.hint')}</Box>
        <HeaderTable headers={headersTyped} />
      </>
    );
  }
  const groups = headerGroups(headersTyped, headerSources);
  return (
    <>
      {envelope !== null && (
        <Box sx={{ px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('headers.hintEnvelope')}</Box>
      )}
      {groups.map((group, index) => (
        <Group key={group.source} group={group} openAtFirst={index === 0} />
      ))}
    </>
  );
}

function Group({ group: { source, headers }, openAtFirst }: { group: HeaderGroup; openAtFirst: boolean }) {
  const text = useText();
  const contentId = useId();
  const [open, setOpen] = useState(openAtFirst);
  return (
    <Box component="section" sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <ButtonBase
        aria-expanded={open}
        aria-controls={contentId}
        onClick={() => {
          setOpen(!open);
        }}
        sx={{
          display: 'flex',
          width: '100%',
          justifyContent: 'flex-start',
          textAlign: 'start',
          gap: 0.75,
          px: 1.5,
          py: 0.75,
          fontFamily: 'inherit',
          fontSize: '0.8125rem',
          '&:hover': { bgcolor: 'action.hover' },
        }}
      >
        <ExpandMore
          aria-hidden
          sx={{ fontSize: '1.1rem', color: 'text.secondary', transform: open ? 'none' : 'rotate(-90deg)' }}
        />
        <Box component="span" sx={{ fontWeight: 600, whiteSpace: 'nowrap' }}>
          {text(`headerSource.${source}`)}{' '}
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
            {headers.length}
          </Box>
        </Box>
        <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>
          {text(`headerSourceMeans.${source}`)}
        </Box>
      </ButtonBase>
      <div id={contentId} hidden={!open}>
        {open && <HeaderTable headers={headers} />}
        {open && source === 'application' && headers.some(({ name }) => name === 'CC' || name === 'BCC') && (
          <Box sx={{ px: 2, py: 0.75, fontSize: '0.75rem', color: 'text.secondary' }}>{text('headers.ccHint')}</Box>
        )}
      </div>
    </Box>
  );
}
