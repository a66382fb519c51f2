import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';

import type { RejectDetail } from '../../../server/contract/schemas/rejects.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { MaskedNote } from '../masking/MaskedNote.tsx';
import { RevealContext } from '../masking/reveal-context.ts';
import { useRevealed } from '../masking/use-revealed.tsx';
import { BodyTab } from '../messages/body/BodyTab.tsx';
import { HeadersTab } from '../messages/HeadersTab.tsx';
import { PartTabs } from '../messages/PartTabs.tsx';
import { PropertiesTab } from '../messages/PropertiesTab.tsx';
import { useBlocked } from '../session/use-user.ts';
import { BackLink } from '../show/BackLink.tsx';
import { Facts } from '../show/Facts.tsx';
import { ActFault } from '../show/ActFault.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Lines } from '../show/Lines.tsx';
import { Mono } from '../show/Mono.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { Time } from '../show/Time.tsx';
import { RegistrationResult } from './RegistrationResult.tsx';
import { useRegister } from './use-register.ts';
import { useWhy } from './use-why.ts';

/** One message that is not registered: why, and everything that it holds. */
export function RejectPage() {
  const text = useText();
  const { id = '' } = useParams();
  const { data, error, refetch } = useOfficeQuery(['reject', id], (signal) => office.reject(id, signal));
  const back = <BackLink to="/rejects">{text('rejects.backToList')}</BackLink>;
  if (!data) {
    return (
      <>
        <PageHeader before={back} title={text('rejects.title')} />
        <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines count={12} />}</Panel>
      </>
    );
  }
  return <Shown reject={data} back={back} onRefused={() => void refetch()} />;
}

interface ShownProps {
  reject: RejectDetail;
  back: React.ReactNode;
  /** It is still here, perhaps for another reason. */
  onRefused: () => void;
}

function Shown({ reject: masked, back, onRefused }: ShownProps) {
  const text = useText();
  const { id } = masked;
  const { revealed, reveal, hide, dialog } = useRevealed(id, (reason) => office.revealReject(id, reason));
  const reject = revealed ?? masked;
  const navigate = useNavigate();
  const why = useWhy();
  const register = useRegister((answer) => {
    const messageId = answer.results[0]?.messageId ?? null;
    if (messageId !== null) void navigate(`/messages/${messageId}`);
    else if (answer.counts.refused > 0) onRefused();
  });
  const blocked = useBlocked('rejects.register');
  const refusal = register.data?.results[0];
  return (
    <RevealContext value={reveal}>
      <PageHeader
        before={back}
        title={text('rejects.one', { queue: reject.deadQueue })}
        tabTitle={text('rejects.title')}
        actions={
          <GatedButton
            blocked={blocked}
            variant="contained"
            loading={register.isPending}
            onClick={() => {
              register.mutate({ ids: [reject.id] });
            }}
          >
            {text('rejects.register')}
          </GatedButton>
        }
      />
      {register.error && <ActFault error={register.error} />}
      {register.data && register.data.counts.registered === 0 && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5, bgcolor: 'background.paper' }}>
          <RegistrationResult counts={register.data.counts} />
          {refusal !== undefined && refusal.code !== null && (
            <Box sx={{ overflowWrap: 'anywhere' }}>{why({ code: refusal.code, text: refusal.text ?? '' })}</Box>
          )}
        </Alert>
      )}
      <MaskedNote masked={masked.masked} reveal={reveal} onHide={hide} />
      <Panel sx={{ p: 2, mb: 1.5 }}>
        <Facts
          facts={[
            { name: text('rejects.why'), value: why(reject) },
            { name: text('column.when'), value: <Time at={reject.at} show="clock" /> },
            { name: text('column.deadQueue'), value: reject.deadQueue },
            { name: text('rejects.place'), value: text(`rejects.${reject.place}`) },
            {
              name: text('column.exchange'),
              value: reject.exchange === '' ? text('way.defaultExchange') : <Mono wrap>{reject.exchange}</Mono>,
            },
            { name: text('column.routingKey'), value: <Mono wrap>{reject.routingKey}</Mono> },
          ]}
        />
      </Panel>
      <Contents reject={reject} />
      {dialog}
    </RevealContext>
  );
}

const TABS = ['body', 'headers', 'properties'] as const;
type TabName = (typeof TABS)[number];

function Contents({ reject }: { reject: RejectDetail }) {
  const text = useText();
  const [open, setOpen] = useState<TabName>('body');
  if (reject.bodyPreview === null) return <Alert severity="warning">{text('rejects.unreadable')}</Alert>;
  return (
    <PartTabs parts={TABS} open={open} onOpen={setOpen} counts={{ headers: reject.headersTyped.length }}>
      {open === 'body' && (
        <BodyTab message={{ ...reject, bodySize: reject.bodySize ?? 0 }} path={office.rejectBodyPath(reject.id)} />
      )}
      {open === 'headers' && <HeadersTab message={{ headersTyped: reject.headersTyped, envelope: null }} />}
      {open === 'properties' && <PropertiesTab message={reject} />}
    </PartTabs>
  );
}
