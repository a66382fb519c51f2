import Add from '@mui/icons-material/Add';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { MaskingRule } from '../../../server/contract/schemas/masking.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import { ActFault } from '../show/ActFault.tsx';
import { BackLink } from '../show/BackLink.tsx';
import { ConfirmDialog } from '../show/ConfirmDialog.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { useSay } from '../show/use-say.ts';
import { useMaskingAct, useMaskingRules } from './masking-queries.ts';
import { RuleDialog } from './RuleDialog.tsx';
import { RuleTable } from './RuleTable.tsx';
import { TryOut } from './TryOut.tsx';
import { useRuleName } from './use-rule-name.ts';

type Open = { dialog: 'add' } | { dialog: 'edit' | 'remove'; rule: MaskingRule };

/** What is masked for everybody: everybody may read it, and try it on a text of their own. */
export function MaskingPage() {
  const text = useText();
  const say = useSay();
  const blocked = useBlocked('masking.edit');
  const { data, error, refetch } = useMaskingRules();
  const [open, setOpen] = useState<Open>();
  const close = () => {
    setOpen(undefined);
  };
  const toggle = useMaskingAct(
    ({ id, enabled, version }: MaskingRule) => office.changeMaskingRule(id, { enabled: !enabled, version }),
    () => {
      say.done('masking.saved');
    },
  );
  return (
    <>
      <PageHeader
        before={<BackLink to="/settings">{text('settings.title')}</BackLink>}
        title={text('masking.title')}
        actions={
          <GatedButton
            blocked={blocked}
            variant="contained"
            startIcon={<Add aria-hidden />}
            onClick={() => {
              setOpen({ dialog: 'add' });
            }}
          >
            {text('masking.add')}
          </GatedButton>
        }
      />
      <Typography variant="body2" color="text.secondary" sx={{ mb: 1.5, maxWidth: 720 }}>
        {text('masking.intro')}
      </Typography>
      {toggle.error && <ActFault error={toggle.error} />}
      <Panel label={text('masking.title')}>
        {data === undefined ? (
          error === null ? (
            <Lines />
          ) : (
            <FaultState error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <RuleTable
            rules={data.data}
            blocked={blocked}
            onToggle={(rule) => {
              toggle.mutate(rule);
            }}
            onEdit={(rule) => {
              setOpen({ dialog: 'edit', rule });
            }}
            onRemove={(rule) => {
              setOpen({ dialog: 'remove', rule });
            }}
          />
        )}
      </Panel>
      <Panel label={text('masking.try')} sx={{ mt: 2, p: 2, maxWidth: 720 }}>
        <Typography variant="h2" sx={{ mb: 1 }}>
          {text('masking.try')}
        </Typography>
        <TryOut />
      </Panel>
      {open?.dialog === 'add' && <RuleDialog onClose={close} />}
      {open?.dialog === 'edit' && <RuleDialog rule={open.rule} onClose={close} />}
      {open?.dialog === 'remove' && <RemoveRule rule={open.rule} onClose={close} />}
    </>
  );
}

function RemoveRule({ rule, onClose }: { rule: MaskingRule; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const name = useRuleName()(rule.name);
  const remove = useMaskingAct(
    (id: string) => office.removeMaskingRule(id),
    () => {
      say.done('masking.removed', { name });
      onClose();
    },
  );
  return (
    <ConfirmDialog
      title={text('masking.removeTitle', { name })}
      text={text('masking.removeText')}
      confirm={text('common.remove')}
      cancel={text('common.cancel')}
      isBusy={remove.isPending}
      onConfirm={() => {
        remove.mutate(rule.id);
      }}
      onClose={onClose}
    >
      {remove.error && <ActFault error={remove.error} />}
    </ConfirmDialog>
  );
}
