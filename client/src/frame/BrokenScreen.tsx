import BrokenImage from '@mui/icons-material/BrokenImageOutlined';
import Button from '@mui/material/Button';

import { useText } from '../i18n/use-text.ts';
import { QuietState } from '../show/QuietState.tsx';

/** A fault of the console itself: says that no message is touched by it. */
export function BrokenScreen() {
  const text = useText();
  return (
    <QuietState
      alert
      icon={BrokenImage}
      title={text('fault.screenTitle')}
      text={text('fault.screenText')}
      action={
        <Button
          variant="outlined"
          onClick={() => {
            window.location.reload();
          }}
        >
          {text('fault.reload')}
        </Button>
      }
    />
  );
}
