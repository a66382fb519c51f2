import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import { Link, useLocation } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { BackLink } from '../show/BackLink.tsx';
import { readTrail } from './list-trail.ts';

/** The way back to the list as it was, and to the messages before and after in it. */
export function Neighbours({ id }: { id: string }) {
  const text = useText();
  const trail = readTrail(useLocation().state);
  const at = trail ? trail.ids.indexOf(id) : -1;
  const previous = trail?.ids[at - 1];
  const next = at < 0 ? undefined : trail?.ids[at + 1];
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', minHeight: 28 }}>
      <BackLink to={`/messages${trail?.search ?? ''}`}>
        {text(trail ? 'messages.backToList' : 'messages.title')}
      </BackLink>
      {trail && at >= 0 && (
        <span>
          <Step
            to={previous}
            label={text('messages.previousMessage')}
            icon={<ChevronLeft fontSize="small" />}
            state={trail}
          />
          <Step to={next} label={text('messages.nextMessage')} icon={<ChevronRight fontSize="small" />} state={trail} />
        </span>
      )}
    </Box>
  );
}

function Step({
  to,
  label,
  icon,
  state,
}: {
  to: string | undefined;
  label: string;
  icon: React.ReactNode;
  state: unknown;
}) {
  if (to === undefined) {
    return (
      <IconButton size="small" disabled aria-label={label}>
        {icon}
      </IconButton>
    );
  }
  return (
    <IconButton size="small" aria-label={label} component={Link} to={`/messages/${to}`} state={state}>
      {icon}
    </IconButton>
  );
}
