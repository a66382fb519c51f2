import Add from '@mui/icons-material/Add';
import Key from '@mui/icons-material/KeyOutlined';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { ApiToken, MadeApiToken } from '../../../server/contract/schemas/tokens.ts';
import { useText } from '../i18n/use-text.ts';
import { useMay } from '../session/use-user.ts';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { QuietState } from '../show/QuietState.tsx';
import { MadeToken } from './MadeToken.tsx';
import { MakeToken } from './MakeToken.tsx';
import { RevokeToken } from './RevokeToken.tsx';
import { useTokens } from './token-queries.ts';
import { TokenTable } from './TokenTable.tsx';

type Open = { dialog: 'make' } | { dialog: 'made'; token: MadeApiToken } | { dialog: 'revoke'; token: ApiToken };

/** The API tokens of the user; those who may edit users see everybody's, too. */
export function TokenPage() {
  const text = useText();
  const seesAll = useMay('users.edit');
  const [of, setOf] = useState<'me' | 'everybody'>('me');
  const [open, setOpen] = useState<Open>();
  const { data, error, refetch } = useTokens(of);
  const close = () => {
    setOpen(undefined);
  };
  return (
    <>
      <PageHeader
        title={text('tokens.title')}
        actions={
          <Button
            variant="contained"
            startIcon={<Add aria-hidden />}
            onClick={() => {
              setOpen({ dialog: 'make' });
            }}
          >
            {text('tokens.add')}
          </Button>
        }
      />
      <Typography variant="body2" color="text.secondary" sx={{ maxWidth: 720, mb: 1.5 }}>
        {text('tokens.intro')}
      </Typography>
      {seesAll && (
        <Tabs
          value={of}
          onChange={(_event, chosen: 'me' | 'everybody') => {
            setOf(chosen);
          }}
          sx={{ borderBottom: 1, borderColor: 'divider', mb: 1.5 }}
        >
          <Tab value="me" label={text('tokens.mine')} />
          <Tab value="everybody" label={text('tokens.everybody')} />
        </Tabs>
      )}
      <Panel label={text('tokens.title')}>
        {data === undefined ? (
          error === null ? (
            <Lines />
          ) : (
            <FaultState error={error} onRetry={() => void refetch()} />
          )
        ) : data.length === 0 ? (
          <QuietState icon={Key} title={text('tokens.emptyTitle')} text={text('tokens.emptyText')} />
        ) : (
          <TokenTable
            tokens={data}
            ofEverybody={of === 'everybody'}
            onRevoke={(token) => {
              setOpen({ dialog: 'revoke', token });
            }}
          />
        )}
      </Panel>
      {open?.dialog === 'make' && (
        <MakeToken
          onMade={(token) => {
            setOpen({ dialog: 'made', token });
          }}
          onClose={close}
        />
      )}
      {open?.dialog === 'made' && <MadeToken token={open.token} onClose={close} />}
      {open?.dialog === 'revoke' && <RevokeToken token={open.token} onClose={close} />}
    </>
  );
}
