import { useText } from '../i18n/use-text.ts';
import { Sparkline } from '../show/Sparkline.tsx';

interface HourlyFailuresProps {
  /** Failures by hour, oldest first. */
  hourly: readonly number[];
  wide?: boolean;
}

/** How often it failed in each of the last 24 hours. The numbers are the picture's name. */
export function HourlyFailures({ hourly, wide = false }: HourlyFailuresProps) {
  const text = useText();
  const label = text('groups.sparkline', {
    count: hourly.reduce((sum, failures) => sum + failures, 0),
    most: Math.max(...hourly, 0),
    now: hourly.at(-1) ?? 0,
  });
  return <Sparkline values={hourly} label={label} wide={wide} />;
}
