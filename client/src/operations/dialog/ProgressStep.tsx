import Button from '@mui/material/Button';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router-dom';

import { useText } from '../../i18n/use-text.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { Lines } from '../../show/Lines.tsx';
import { FailedItems } from '../FailedItems.tsx';
import { isEnded, useOperation } from '../operation-queries.ts';
import { OperationProgress } from '../OperationProgress.tsx';
import { useOperationTitle } from '../use-operation-title.ts';

/** The operation that was started, as it runs. Closing it stops nothing. */
export function ProgressStep({ operationId, onClose }: { operationId: string; onClose: () => void }) {
  const text = useText();
  const queryClient = useQueryClient();
  const { data: operation, error, dataUpdatedAt } = useOperation(operationId);
  const titleOf = useOperationTitle();
  const ended = operation !== undefined && isEnded(operation);
  useEffect(() => {
    if (!ended) return;
    void queryClient.invalidateQueries({ queryKey: ['messages'] });
    void queryClient.invalidateQueries({ queryKey: ['orders'] });
    void queryClient.invalidateQueries({ queryKey: ['operations', 'getList'] });
  }, [ended, queryClient]);
  return (
    <>
      <DialogTitle id="act-title">
        {operation ? titleOf(operation) : text('dialog.started', { id: operationId })}
      </DialogTitle>
      <DialogContent aria-live="polite">
        {operation ? <OperationProgress operation={operation} updatedAt={dataUpdatedAt} /> : <Lines count={2} />}
        {ended && <FailedItems operation={operation} />}
        {!operation && error && <FaultNotice error={error} />}
        {operation && !ended && (
          <Typography variant="body2" color="text.secondary" sx={{ mt: 1.5 }}>
            {text('dialog.inBackground')}
          </Typography>
        )}
      </DialogContent>
      <DialogActions>
        <Button component={Link} to={`/operations/${operationId}`} color="inherit">
          {text('dialog.openOperation')}
        </Button>
        <Button variant="contained" onClick={onClose} autoFocus>
          {text('common.close')}
        </Button>
      </DialogActions>
    </>
  );
}
