import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';

import type { SignInMethods } from '../../../server/contract/schemas/session.ts';
import { queryString } from '../api/api-client.ts';
import { useText } from '../i18n/use-text.ts';

interface SignOnButtonProps {
  method: NonNullable<SignInMethods['singleSignOn']>;
  /** The screen to come back to. */
  next: string;
  /** The only way in. */
  alone: boolean;
}

/** Leaves the console for the identity provider, which sends the browser back signed in. */
export function SignOnButton({ method, next, alone }: SignOnButtonProps) {
  const text = useText();
  return (
    <>
      <Button
        href={method.url + queryString({ returnTo: next })}
        variant={alone ? 'contained' : 'outlined'}
        size="medium"
        fullWidth
        sx={{ minHeight: 40 }}
      >
        {method.name === null ? text('session.singleSignOn') : text('session.signOn', { name: method.name })}
      </Button>
      {!alone && <Divider sx={{ my: 2, color: 'text.secondary', typography: 'body2' }}>{text('session.or')}</Divider>}
    </>
  );
}
