import Box from '@mui/material/Box';

const STEP = 4;
const HEIGHT = 24;

interface SparklineProps {
  /** Oldest first. */
  values: readonly number[];
  /** Says in words what it shows. */
  label: string;
  /** As wide as there is room, in place of the size of a table's row. */
  wide?: boolean;
}

/** A small picture of a few numbers: a bar each, the newest in colour. */
export function Sparkline({ values, label, wide = false }: SparklineProps) {
  const most = Math.max(1, ...values);
  const width = values.length * STEP;
  return (
    <Box
      component="svg"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      sx={{
        display: 'block',
        flex: 'none',
        maxWidth: '100%',
        width: wide ? '100%' : width,
        height: wide ? 3 * HEIGHT : HEIGHT,
        color: 'text.secondary',
        '& .newest': { color: 'primary.main' },
      }}
    >
      {values.map((value, index) => {
        // What is there is seen, however small beside the largest.
        const height = value === 0 ? 1 : Math.max(3, (value / most) * HEIGHT);
        return (
          <rect
            key={index}
            className={index === values.length - 1 && value > 0 ? 'newest' : undefined}
            x={index * STEP}
            y={HEIGHT - height}
            width={STEP - 1}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 0.9}
          />
        );
      })}
    </Box>
  );
}
