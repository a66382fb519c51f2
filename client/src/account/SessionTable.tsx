import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';

import type { SignedInSession } from '../../../server/contract/schemas/users.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Lines } from '../show/Lines.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { useSay } from '../show/use-say.ts';
import { browserName } from './browser-name.ts';
import { useEndSession, useSessions } from './use-sessions.ts';

/** The browsers in which somebody is signed in, and signing them out. Without a user: one's own. */
export function SessionTable({ userId }: { userId?: string }) {
  const text = useText();
  const say = useSay();
  const { data, error, refetch } = useSessions(userId);
  const endAll = useEndSession(
    () => office.endSessions(userId),
    () => {
      say.done(userId === undefined ? 'sessions.endedOthers' : 'sessions.endedAll');
    },
  );
  if (data === undefined) {
    return error === null ? <Lines count={3} /> : <FaultState error={error} onRetry={() => void refetch()} />;
  }
  const others = data.filter(({ isCurrent }) => !isCurrent);
  return (
    <>
      {data.length === 0 ? (
        <Typography variant="body2" sx={{ p: 2 }}>
          {text('sessions.none')}
        </Typography>
      ) : (
        <Table size="small" sx={STACKING}>
          <TableHead>
            <TableRow>
              <TableCell>{text('sessions.browser')}</TableCell>
              <TableCell>{text('sessions.address')}</TableCell>
              <TableCell>{text('sessions.since')}</TableCell>
              <TableCell>{text('sessions.lastSeen')}</TableCell>
              <TableCell />
            </TableRow>
          </TableHead>
          <TableBody>
            {data.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </TableBody>
        </Table>
      )}
      <Box sx={{ p: 2 }}>
        {endAll.error !== null && <ActFault error={endAll.error} />}
        <GatedButton
          blocked={others.length > 0 ? undefined : text(userId === undefined ? 'sessions.noOthers' : 'sessions.none')}
          variant="outlined"
          color="inherit"
          loading={endAll.isPending}
          onClick={() => {
            endAll.mutate();
          }}
        >
          {text(userId === undefined ? 'sessions.endOthers' : 'sessions.endAll')}
        </GatedButton>
      </Box>
    </>
  );
}

function Row({ session }: { session: SignedInSession }) {
  const text = useText();
  const say = useSay();
  const { id, address, userAgent, isCurrent, createdAt, lastSeenAt } = session;
  const browser = browserName(userAgent, text);
  const end = useEndSession(
    () => office.endSession(id),
    () => {
      say.done('sessions.endedOne');
    },
  );
  return (
    <TableRow hover>
      <TableCell className="wide" title={userAgent ?? undefined}>
        {browser}
        {isCurrent && (
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {' '}
            ({text('sessions.thisOne')})
          </Box>
        )}
      </TableCell>
      <TableCell>{address}</TableCell>
      <TableCell>
        <Time at={createdAt} show="clock" />
      </TableCell>
      <TableCell>
        <Time at={lastSeenAt} show="ago" />
      </TableCell>
      <TableCell align="right">
        {!isCurrent && (
          <Button
            size="small"
            color="inherit"
            loading={end.isPending}
            aria-label={text('sessions.endOne', { browser, address: address ?? '' })}
            onClick={() => {
              end.mutate();
            }}
          >
            {text('sessions.end')}
          </Button>
        )}
        {end.error !== null && <ActFault error={end.error} />}
      </TableCell>
    </TableRow>
  );
}
