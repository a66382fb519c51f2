import Button, { type ButtonProps } from '@mui/material/Button';
import type { SxProps } from '@mui/material/styles';
import Tooltip from '@mui/material/Tooltip';

interface GatedButtonProps extends Omit<ButtonProps, 'disabled'> {
  /** Why it cannot be pressed; undefined where it can. */
  blocked: string | undefined;
  hint?: string | undefined;
}

const BLOCKED = { opacity: 0.5, cursor: 'not-allowed' };

/**
 * A button that says why it is disabled. It stays in the tab order then, so that keyboards and screen readers come to
 * the reason too; a press does nothing.
 */
export function GatedButton({ blocked, hint, onClick, children, sx = {}, ...rest }: GatedButtonProps) {
  const title = blocked ?? hint;
  return (
    <Tooltip describeChild title={title ?? ''}>
      <Button
        {...rest}
        aria-disabled={blocked !== undefined}
        onClick={(event) => {
          if (blocked === undefined) onClick?.(event);
          else event.preventDefault();
        }}
        sx={[...(Array.isArray(sx) ? (sx as SxProps[]) : [sx]), blocked !== undefined && BLOCKED] as SxProps}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
