import Box from '@mui/material/Box';

import { useText } from '../i18n/use-text.ts';

const HEIGHT = 24;
const STEP = 4;

interface SparklineProps {
  /** Failures by hour, oldest first. */
  hourly: readonly number[];
  /** As wide as there is room, in place of the size of a table's row. */
  wide?: boolean;
}

/** How often it failed in each of the last 24 hours: a bar an hour, the running one in colour. Its numbers are its name. */
export function Sparkline({ hourly, wide = false }: SparklineProps) {
  const text = useText();
  const most = Math.max(...hourly, 1);
  const width = hourly.length * STEP;
  return (
    <Box
      component="svg"
      role="img"
      aria-label={text('groups.sparkline', {
        count: hourly.reduce((sum, failures) => sum + failures, 0),
        most: Math.max(...hourly, 0),
        now: hourly.at(-1) ?? 0,
      })}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      sx={{
        display: 'block',
        flex: 'none',
        width: wide ? '100%' : width,
        height: wide ? 3 * HEIGHT : HEIGHT,
        color: 'text.secondary',
        '& .now': { color: 'primary.main' },
      }}
    >
      {hourly.map((failures, hour) => {
        // Where something failed there is something to be seen, however little it was.
        const height = failures === 0 ? 1 : Math.max(3, (failures / most) * HEIGHT);
        return (
          <rect
            key={hour}
            className={hour === hourly.length - 1 && failures > 0 ? 'now' : undefined}
            x={hour * STEP}
            y={HEIGHT - height}
            width={STEP - 1}
            height={height}
            fill="currentColor"
            opacity={failures === 0 ? 0.35 : 0.9}
          />
        );
      })}
    </Box>
  );
}
