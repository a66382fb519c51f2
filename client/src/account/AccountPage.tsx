import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Facts } from '../show/Facts.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { SessionTable } from './SessionTable.tsx';

/** Who one is here, one's password, and where one is signed in. */
export function AccountPage() {
  const text = useText();
  return (
    <>
      <PageHeader title={text('account.title')} />
      <Box sx={{ display: 'grid', gap: 2, maxWidth: 960 }}>
        <Panel label={text('account.who')} sx={{ p: { xs: 2, sm: 3 } }}>
          <Who />
        </Panel>
        <Panel label={text('password.title')} sx={{ p: { xs: 2, sm: 3 } }}>
          <Typography variant="h2" sx={{ mb: 2 }}>
            {text('password.title')}
          </Typography>
          <Box sx={{ maxWidth: 480 }}>
            <PasswordForm />
          </Box>
          <Box sx={{ mt: 2 }}>
            <AppLink to="/account/second-factor">{text('secondFactor.title')}</AppLink>
          </Box>
        </Panel>
        <Panel label={text('sessions.title')}>
          <Box sx={{ p: { xs: 2, sm: 3 }, pb: { xs: 1, sm: 1 } }}>
            <Typography variant="h2">{text('sessions.title')}</Typography>
            <Typography variant="body2" color="text.secondary">
              {text('sessions.mineHint')}
            </Typography>
          </Box>
          <SessionTable />
        </Panel>
        <Panel label={text('tokens.title')} sx={{ p: { xs: 2, sm: 3 } }}>
          <Typography variant="h2">{text('tokens.title')}</Typography>
          <Typography variant="body2" color="text.secondary" sx={{ mb: 1 }}>
            {text('tokens.intro')}
          </Typography>
          <AppLink to="/account/tokens">{text('tokens.open')}</AppLink>
        </Panel>
      </Box>
    </>
  );
}

function Who() {
  const text = useText();
  const user = useUser();
  if (user === undefined) return <Lines count={3} />;
  const { fullName, role, scope } = user;
  return (
    <Facts
      facts={[
        { name: text('users.username'), value: fullName },
        { name: text('users.role'), value: text(`role.${role}`) },
        { name: text('account.may'), value: text(`account.roleMeans.${role}`) },
        {
          name: text('account.scope'),
          value: scope === null ? text('account.scopeAll') : text('account.scopeOf', { patterns: scope.join(', ') }),
        },
      ]}
    />
  );
}
