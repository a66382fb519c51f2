import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { Group, GroupRow } from '../../../server/contract/schemas/groups.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Lines } from '../show/Lines.tsx';
import { useSay } from '../show/use-say.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { groupName, GroupName } from './GroupName.tsx';
import { useGroupAct } from './use-group.ts';

/** Groups in the dialog; words narrow them down. */
const SHOWN = 50;

/** Chooses groups that are the same problem: their failures come into this one. */
export function MergeDialog({ group, onClose }: { group: Group; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const titleId = useId();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<ReadonlyMap<string, GroupRow>>(new Map());
  const { askBefore } = useUnsavedEdits(chosen.size > 0);
  const searched = words.trim();
  const { data, error, refetch } = useOfficeQuery(
    ['groups', 'to-merge', searched],
    (signal) =>
      office.list('groups', { by: 'errorQueue', perPage: SHOWN, text: searched === '' ? undefined : searched }, signal),
    { keepPrevious: true },
  );
  const merge = useGroupAct(
    (groupIds: string[]) => office.mergeGroups(group.id, groupIds),
    () => {
      say.done('groups.mergeDone');
      onClose();
    },
  );
  // A group of several queues has a row for each of them.
  const found = new Map((data?.data ?? []).flatMap((row) => (row.id === null ? [] : [[row.id, row] as const])));
  const offered = new Map([...chosen, ...found]);
  offered.delete(group.id);
  return (
    <Dialog
      open
      onClose={() => {
        askBefore(onClose);
      }}
      fullWidth
      maxWidth="sm"
      aria-labelledby={titleId}
    >
      <DialogTitle id={titleId}>{text('groups.mergeTitle')}</DialogTitle>
      <DialogContent>
        <Typography variant="body2" color="text.secondary">
          {text('groups.mergeText')}
        </Typography>
        <TextField
          autoFocus
          fullWidth
          type="search"
          size="small"
          margin="dense"
          label={text('groups.search')}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
          slotProps={{ htmlInput: { maxLength: 500, autoComplete: 'off' } }}
        />
        {!data && (error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines count={4} />)}
        {data && offered.size === 0 && (
          <Typography variant="body2" sx={{ my: 1.5 }}>
            {text('groups.noneToMerge')}
          </Typography>
        )}
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 320, overflow: 'auto' }}>
          {[...offered.values()].map((row) => (
            <Box component="li" key={row.id} sx={{ borderTop: 1, borderColor: 'divider' }}>
              <Box
                component="label"
                sx={{ display: 'flex', gap: 0.5, py: 0.5, cursor: 'pointer', fontSize: '0.8125rem' }}
              >
                <Checkbox
                  checked={row.id !== null && chosen.has(row.id)}
                  slotProps={{ input: { 'aria-label': groupName(row, text) } }}
                  onChange={() => {
                    const next = new Map(chosen);
                    if (row.id !== null && !next.delete(row.id)) next.set(row.id, row);
                    setChosen(next);
                  }}
                />
                <Box sx={{ minWidth: 0, overflowWrap: 'anywhere', pt: 0.5 }}>
                  <GroupName group={row} />
                  <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>{row.queues.join(', ')}</Box>
                </Box>
              </Box>
            </Box>
          ))}
        </Box>
        {merge.error && <ActFault error={merge.error} />}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {text('common.cancel')}
        </Button>
        <GatedButton
          blocked={chosen.size === 0 ? text('missing.group') : undefined}
          variant="contained"
          loading={merge.isPending}
          onClick={() => {
            merge.mutate([...chosen.keys()]);
          }}
        >
          {text('groups.mergeConfirm', { count: chosen.size })}
        </GatedButton>
      </DialogActions>
    </Dialog>
  );
}
