import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useLocale } from 'ra-core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';

import type { Group } from '../../../server/contract/schemas/groups.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Mono } from '../show/Mono.tsx';
import { formatNumber } from '../show/numbers.ts';
import { Panel } from '../show/Panel.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { useSay } from '../show/use-say.ts';
import { groupName, GroupName } from './GroupName.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { useGroupAct } from './use-group.ts';

interface GroupPartsProps {
  group: Group;
  /** Why nothing can be merged or split; undefined where it can. */
  blocked: string | undefined;
}

/** The failures that a group is made of: they can leave it for a group of their own, and others can come in. */
export function GroupParts({ group, blocked }: GroupPartsProps) {
  const text = useText();
  const locale = useLocale();
  const navigate = useNavigate();
  const say = useSay();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [merging, setMerging] = useState(false);
  const parts = group.fingerprints;
  const leaving = chosen.filter((id) => parts.some((part) => part.id === id));
  const split = useGroupAct(
    (fingerprintIds: string[]) => office.splitGroup(group.id, fingerprintIds),
    (made) => {
      setChosen([]);
      say.done('groups.splitDone');
      void navigate(`/groups/${made.id}`);
    },
  );
  const cannotSplit =
    blocked ??
    (leaving.length === 0
      ? text('groups.chooseParts')
      : leaving.length >= group.fingerprintsTotal
        ? text('errors.group.nothingLeft')
        : undefined);
  const several = parts.length > 1;
  return (
    <Panel label={text('groups.parts')}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, px: 2, py: 1 }}>
        <Box sx={{ flex: '1 1 260px' }}>
          <Typography variant="h2">{text('groups.parts')}</Typography>
          <Typography variant="body2" color="text.secondary">
            {text('groups.partsHint', { count: group.fingerprintsTotal })}
          </Typography>
        </Box>
        {several && (
          <GatedButton
            blocked={cannotSplit}
            variant="outlined"
            color="inherit"
            loading={split.isPending}
            onClick={() => {
              split.mutate([...leaving]);
            }}
          >
            {text('groups.split')}
          </GatedButton>
        )}
        <GatedButton
          blocked={blocked}
          variant="outlined"
          color="inherit"
          onClick={() => {
            setMerging(true);
          }}
        >
          {text('groups.merge')}
        </GatedButton>
      </Box>
      {split.error && (
        <Box sx={{ px: 2, pb: 1.5 }}>
          <ActFault error={split.error} />
        </Box>
      )}
      <Table size="small" sx={STACKING}>
        <TableHead>
          <TableRow>
            {several && <TableCell padding="checkbox" />}
            <TableCell sx={{ width: '100%' }}>{text('groups.what')}</TableCell>
            <TableCell>{text('column.queue')}</TableCell>
            <TableCell align="right">{text('column.pending')}</TableCell>
            <TableCell>{text('groups.lastSeen')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {parts.map((part) => (
            <TableRow key={part.id} hover selected={leaving.includes(part.id)}>
              {several && (
                <TableCell padding="checkbox">
                  <Checkbox
                    checked={leaving.includes(part.id)}
                    slotProps={{ input: { 'aria-label': text('groups.selectPart', { name: groupName(part, text) }) } }}
                    onChange={() => {
                      setChosen(
                        leaving.includes(part.id) ? leaving.filter((id) => id !== part.id) : [...leaving, part.id],
                      );
                    }}
                  />
                </TableCell>
              )}
              <TableCell className="wide" sx={{ overflowWrap: 'anywhere' }}>
                <GroupName group={part} />
                {part.frame !== null && (
                  <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>
                    <Mono wrap>{part.frame}</Mono>
                  </Box>
                )}
              </TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>{part.queue ?? text('way.unknownQueue')}</TableCell>
              <TableCell align="right">{formatNumber(part.pending, locale)}</TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>
                {part.lastSeenAt !== null && <Time at={part.lastSeenAt} show="ago" />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {merging && (
        <MergeDialog
          group={group}
          onClose={() => {
            setMerging(false);
          }}
        />
      )}
    </Panel>
  );
}
