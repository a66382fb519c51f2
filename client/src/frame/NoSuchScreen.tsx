import SearchOff from '@mui/icons-material/SearchOff';
import Button from '@mui/material/Button';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { QuietState } from '../show/QuietState.tsx';

/** An address that leads nowhere. */
export function NoSuchScreen() {
  const text = useText();
  return (
    <QuietState
      icon={SearchOff}
      title={text('app.notFoundTitle')}
      text={text('app.notFoundText')}
      action={
        <Button component={Link} to="/messages" variant="outlined">
          {text('app.toMessages')}
        </Button>
      }
    />
  );
}
