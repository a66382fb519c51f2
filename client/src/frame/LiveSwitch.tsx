import PauseCircle from '@mui/icons-material/PauseCircleOutline';
import PlayCircle from '@mui/icons-material/PlayCircleOutline';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';

import { useText } from '../i18n/use-text.ts';
import { useLive } from '../live/live-context.ts';

/** Live or paused: a pause really pauses, nothing on the screen moves until it is lifted. */
export function LiveSwitch() {
  const text = useText();
  const { live, setLive, connected } = useLive();
  const hint = live ? text('frame.pause') : text('frame.goLive');
  const state = live ? text('frame.live') : text('frame.paused');
  return (
    <Tooltip title={live && !connected ? `${hint}. ${text('frame.polling')}` : hint}>
      <Button
        color={live ? 'inherit' : 'warning'}
        aria-pressed={!live}
        aria-label={`${state}. ${hint}`}
        onClick={() => {
          setLive(!live);
        }}
        startIcon={live ? <PauseCircle aria-hidden /> : <PlayCircle aria-hidden />}
        sx={{
          px: 1,
          color: live ? 'text.secondary' : undefined,
          '& .MuiButton-startIcon': { mr: { xs: 0, sm: 0.75 } },
        }}
      >
        <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>
          {state}
        </Box>
      </Button>
    </Tooltip>
  );
}
