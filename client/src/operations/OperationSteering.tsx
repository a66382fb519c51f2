import Cancel from '@mui/icons-material/CancelOutlined';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { roleReaches, useUser } from '../session/use-user.ts';
import { ConfirmDialog } from '../show/ConfirmDialog.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { useSay } from '../show/use-say.ts';
import { doneCount, isEnded, takeOperation } from './operation-queries.ts';

/** Pause, resume, and cancel of an operation that has not ended. */
export function OperationSteering({ operation }: { operation: Operation }) {
  const text = useText();
  const user = useUser();
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const say = useSay();
  const [asking, setAsking] = useState(false);
  const steer = useMutation({
    mutationFn: (act: 'pause' | 'resume' | 'cancel') => guard(office.steerOperation(operation.id, act)),
    onSuccess: (changed) => {
      takeOperation(queryClient, changed);
    },
    onError: say.failed,
    onSettled: () => {
      setAsking(false);
      void queryClient.invalidateQueries({ queryKey: ['operations'] });
    },
  });
  if (isEnded(operation)) return null;

  const role =
    user && !roleReaches(user.role, 'operator') ? text('blocked.role', { role: text(`role.${user.role}`) }) : undefined;
  const paused = operation.status === 'paused';
  return (
    <Box sx={{ display: 'flex', gap: 1 }}>
      {paused ? (
        <GatedButton
          blocked={role}
          variant="contained"
          startIcon={<PlayArrow aria-hidden />}
          onClick={() => {
            steer.mutate('resume');
          }}
        >
          {text('operations.resume')}
        </GatedButton>
      ) : (
        <GatedButton
          blocked={role}
          variant="outlined"
          color="inherit"
          startIcon={<Pause aria-hidden />}
          onClick={() => {
            steer.mutate('pause');
          }}
        >
          {text('operations.pause')}
        </GatedButton>
      )}
      <GatedButton
        blocked={role}
        variant="outlined"
        color="inherit"
        startIcon={<Cancel aria-hidden />}
        onClick={() => {
          setAsking(true);
        }}
      >
        {text('operations.cancel')}
      </GatedButton>
      {asking && (
        <ConfirmDialog
          title={text('operations.cancelTitle', { id: operation.id })}
          text={text('operations.cancelText', { count: operation.total - doneCount(operation) })}
          confirm={text('operations.cancel')}
          cancel={text('operations.keepRunning')}
          isBusy={steer.isPending}
          onConfirm={() => {
            steer.mutate('cancel');
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </Box>
  );
}
