import Check from '@mui/icons-material/Check';
import ContentCopy from '@mui/icons-material/ContentCopy';
import Button from '@mui/material/Button';
import { useEffect, useState } from 'react';

import { useText } from '../i18n/use-text.ts';

/** Copies a value; says that it has. Absent where the browser gives no clipboard (plain http). */
export function CopyButton({ what, value }: { what: string; value: string }) {
  const text = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 2000);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);
  // Typed as always there, but it is not outside a secure context.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (!clipboard) return null;
  return (
    <Button
      color="inherit"
      aria-label={text('common.copyValue', { what })}
      startIcon={copied ? <Check aria-hidden /> : <ContentCopy aria-hidden />}
      onClick={() => {
        clipboard.writeText(value).then(
          () => {
            setCopied(true);
          },
          () => {
            setCopied(false);
          },
        );
      }}
    >
      {text(copied ? 'common.copied' : 'common.copy')}
    </Button>
  );
}
