import UploadFile from '@mui/icons-material/UploadFileOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { RegisterAnswer } from '../../../server/contract/schemas/rejects.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { useSelection } from '../list/use-selection.ts';
import { usePolling } from '../live/live-context.ts';
import { PageCheckbox } from '../messages/PageCheckbox.tsx';
import { useBlocked } from '../session/use-user.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { RegistrationResult } from './RegistrationResult.tsx';
import { RejectTable } from './RejectTable.tsx';
import { useRegister } from './use-register.ts';

const SPEC: ListSpec = { filters: [], sort: '', sorts: [], perPage: 50 };

/** What the database did not take, with the reason, and registering it once that is mended. */
export function RejectList() {
  const text = useText();
  const list = useAddressedList({ resource: 'rejects', spec: SPEC, pollMs: usePolling(10_000) });
  const selection = useSelection(list.isStale ? undefined : list.rows, '');
  const [importing, setImporting] = useState(false);
  const [answer, setAnswer] = useState<RegisterAnswer>();
  const register = useRegister((done) => {
    setAnswer(done);
    selection.clear();
  });
  const blocked = useBlocked('rejects.register');
  const importBlocked = useBlocked('rejects.import');
  const { data: elsewhere = 0 } = useOfficeQuery(
    ['rejects', 'elsewhere'],
    (signal) => office.rejectsElsewhere(signal),
    { refetchInterval: usePolling(30_000) },
  );
  const count = selection.ids.length;
  const someAreThere = (list.rows?.length ?? 0) > 0;
  return (
    <>
      <PageHeader
        title={text('rejects.title')}
        actions={
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
            <GatedButton
              blocked={importBlocked}
              variant="outlined"
              color="inherit"
              startIcon={<UploadFile aria-hidden />}
              onClick={() => {
                setImporting(true);
              }}
            >
              {text('rejects.import')}
            </GatedButton>
            {someAreThere && (
              <GatedButton
                blocked={blocked}
                variant="contained"
                loading={register.isPending}
                onClick={() => {
                  register.mutate({ all: true });
                }}
              >
                {text('rejects.registerAll')}
              </GatedButton>
            )}
          </Box>
        }
      />
      {someAreThere && (
        <Typography variant="body2" color="text.secondary" sx={{ mb: 1.5, maxWidth: 860 }}>
          {text('rejects.intro')}
        </Typography>
      )}
      {elsewhere > 0 && (
        <Alert severity="info" variant="outlined" sx={{ mb: 1.5, bgcolor: 'background.paper' }}>
          {text('rejects.elsewhere', { count: elsewhere })}
        </Alert>
      )}
      {register.error && <ActFault error={register.error} />}
      {answer && (
        <Outcome
          answer={answer}
          onClose={() => {
            setAnswer(undefined);
          }}
        />
      )}
      <Panel label={text('rejects.title')}>
        {someAreThere && (
          <Box
            sx={{
              display: 'flex',
              flexWrap: 'wrap',
              alignItems: 'center',
              gap: 1,
              px: 0.5,
              py: 0.5,
              minHeight: 42,
              borderBottom: 1,
              borderColor: 'divider',
              bgcolor: count > 0 ? 'action.selected' : 'background.paper',
            }}
          >
            <PageCheckbox onPage={list.rows?.map(({ id }) => id) ?? []} selection={selection} />
            {count === 0 ? (
              <Typography variant="body2" color="text.secondary">
                {text('rejects.selectHint')}
              </Typography>
            ) : (
              <>
                <Typography variant="body2">{text('list.selected', { count })}</Typography>
                <GatedButton
                  blocked={blocked}
                  variant="outlined"
                  color="inherit"
                  loading={register.isPending}
                  onClick={() => {
                    register.mutate({ ids: selection.ids });
                  }}
                >
                  {text('rejects.registerSelected', { count })}
                </GatedButton>
                <Button color="inherit" onClick={selection.clear}>
                  {text('list.clear')}
                </Button>
              </>
            )}
          </Box>
        )}
        <ListBody
          list={list}
          pager="needed"
          empty={{ title: text('rejects.emptyTitle'), text: text('rejects.emptyText') }}
        >
          <RejectTable rows={list.rows ?? []} selection={selection} />
        </ListBody>
      </Panel>
      {importing && (
        <ImportDialog
          onClose={() => {
            setImporting(false);
          }}
        />
      )}
    </>
  );
}

function Outcome({ answer, onClose }: { answer: RegisterAnswer; onClose: () => void }) {
  const text = useText();
  const failed = answer.counts.refused + answer.counts.rejected > 0;
  return (
    <Alert
      severity={failed ? 'warning' : 'success'}
      variant="outlined"
      onClose={onClose}
      sx={{ mb: 1.5, bgcolor: 'background.paper' }}
    >
      <RegistrationResult counts={answer.counts} />
      {failed && answer.left > 0 && <div>{text('rejects.left', { count: answer.left })}</div>}
    </Alert>
  );
}
