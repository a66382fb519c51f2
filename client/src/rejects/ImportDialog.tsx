import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale } from 'ra-core';
import { useId, useState } from 'react';

import type { ImportAnswer } from '../../../server/contract/schemas/rejects.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { formatBytes } from '../show/numbers.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { RegistrationResult } from './RegistrationResult.tsx';

/** Registers the messages of a file, and tells of the lines that could not be. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const locale = useLocale();
  const titleId = useId();
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File>();
  const upload = useMutation<ImportAnswer, Error, File>({
    mutationFn: (chosen) => guard(office.importFile(chosen)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['rejects'] }),
  });
  const { askBefore } = useUnsavedEdits(file !== undefined && upload.data === undefined);
  const close = () => {
    if (!upload.isPending) onClose();
  };
  return (
    <Dialog
      open
      onClose={() => {
        if (!upload.isPending) askBefore(onClose);
      }}
      fullWidth
      maxWidth="sm"
      aria-labelledby={titleId}
    >
      <DialogTitle id={titleId}>{text('importing.title')}</DialogTitle>
      <DialogContent>
        <Typography variant="body2" color="text.secondary">
          {text('importing.text')}
        </Typography>
        {!upload.data && (
          <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, mt: 2 }}>
            <Button variant="outlined" color="inherit" component="label" disabled={upload.isPending}>
              {text('importing.choose')}
              <input
                hidden
                type="file"
                accept=".ndjson,.jsonl,.closing,application/x-ndjson"
                onChange={(event) => {
                  setFile(event.target.files?.[0]);
                }}
              />
            </Button>
            {file && (
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {file.name} · {formatBytes(file.size, locale)}
              </Typography>
            )}
          </Box>
        )}
        {upload.isPending && (
          <Box sx={{ mt: 2 }}>
            <LinearProgress aria-label={text('importing.busy')} />
            <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
              {text('importing.busy')}
            </Typography>
          </Box>
        )}
        {upload.error && <FaultNotice error={upload.error} meaning={text('importing.partly')} />}
        {upload.data && <Imported answer={upload.data} />}
      </DialogContent>
      <DialogActions>
        <GatedButton blocked={upload.isPending ? text('importing.busy') : undefined} color="inherit" onClick={close}>
          {text(upload.data ? 'common.close' : 'common.cancel')}
        </GatedButton>
        {!upload.data && (
          <GatedButton
            blocked={file ? undefined : text('missing.file')}
            variant="contained"
            loading={upload.isPending}
            onClick={() => {
              if (file) upload.mutate(file);
            }}
          >
            {text('importing.submit')}
          </GatedButton>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Imported({ answer }: { answer: ImportAnswer }) {
  const text = useText();
  const { counts, problems, problemsTotal } = answer;
  return (
    <Box role="status" sx={{ mt: 2, fontSize: '0.875rem' }}>
      <RegistrationResult counts={counts} />
      {problemsTotal > 0 && (
        <Box sx={{ mt: 1.5 }}>
          <strong>{text('importing.problems', { count: problemsTotal })}</strong>
          <Box component="ul" sx={{ m: 0, mt: 0.5, p: 0, listStyle: 'none', maxHeight: 260, overflow: 'auto' }}>
            {problems.map(({ line, code, params }, index) => (
              <Box
                component="li"
                key={index}
                sx={{ py: 0.5, borderTop: 1, borderColor: 'divider', overflowWrap: 'anywhere' }}
              >
                <Box component="span" sx={{ color: 'text.secondary' }}>
                  {text('importing.line', { line })}
                </Box>{' '}
                {text(`lines.${code}`, params)}
              </Box>
            ))}
            {problemsTotal > problems.length && (
              <li>{text('importing.moreProblems', { count: problemsTotal - problems.length })}</li>
            )}
          </Box>
        </Box>
      )}
    </Box>
  );
}
