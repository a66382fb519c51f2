import Button from '@mui/material/Button';
import { useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import { FreezeDialog } from './FreezeDialog.tsx';

/** Lets resends go on, after a question: what waits goes on at once. */
export function ThawButton() {
  const text = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        onClick={() => {
          setAsking(true);
        }}
      >
        {text('frozen.thaw')}
      </Button>
      {asking && (
        <FreezeDialog
          isFrozen
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
