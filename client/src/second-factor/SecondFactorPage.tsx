import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultState } from '../show/FaultState.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { SetUp } from './SetUp.tsx';

/** One's own second factor: whether there is one, setting it up, turning it off. */
export function SecondFactorPage() {
  const text = useText();
  const { data, error, refetch } = useOfficeQuery(['second-factor'], (signal) => office.secondFactor(signal));
  const [step, setStep] = useState<'look' | 'setUp' | 'remove'>('look');
  const [codes, setCodes] = useState<readonly string[]>();

  const look = () => {
    setCodes(undefined);
    setStep('look');
    void refetch();
  };
  if (error !== null && data === undefined) return <FaultState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader title={text('secondFactor.title')} />
      {data && (
        <Panel sx={{ p: 2.5, maxWidth: 560 }}>
          {codes !== undefined && <RecoveryCodes codes={codes} onKept={look} />}
          {codes === undefined && step === 'setUp' && <SetUp onDone={setCodes} onCancel={look} />}
          {codes === undefined && step !== 'setUp' && (
            <Box sx={{ display: 'grid', gap: 2, justifyItems: 'start' }}>
              <Typography>{text(`secondFactor.${data.state}Text`)}</Typography>
              {data.state === 'off' && (
                <Button
                  variant="contained"
                  onClick={() => {
                    setStep('setUp');
                  }}
                >
                  {text('secondFactor.begin')}
                </Button>
              )}
              {data.state === 'on' && (
                <>
                  <Typography color="text.secondary">
                    {text('secondFactor.left', { count: data.recoveryCodesLeft })}
                  </Typography>
                  <Button
                    variant="outlined"
                    onClick={() => {
                      setStep('remove');
                    }}
                  >
                    {text('secondFactor.remove')}
                  </Button>
                </>
              )}
            </Box>
          )}
        </Panel>
      )}
      {step === 'remove' && <RemoveDialog onClose={look} />}
    </>
  );
}
