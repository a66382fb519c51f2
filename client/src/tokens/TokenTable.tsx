import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import type { ApiToken } from '../../../server/contract/schemas/tokens.ts';
import { useText } from '../i18n/use-text.ts';
import { Mono } from '../show/Mono.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';

interface TokenTableProps {
  tokens: readonly ApiToken[];
  ofEverybody: boolean;
  onRevoke: (token: ApiToken) => void;
}

/** One line a token: what it may do, until when, and whether anybody uses it. */
export function TokenTable({ tokens, ofEverybody, onRevoke }: TokenTableProps) {
  const text = useText();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('tokens.name')}</TableCell>
          {ofEverybody && <TableCell>{text('tokens.owner')}</TableCell>}
          <TableCell>{text('tokens.role')}</TableCell>
          <TableCell sx={{ width: '100%' }}>{text('tokens.scope')}</TableCell>
          <TableCell>{text('tokens.lastUsed')}</TableCell>
          <TableCell>{text('tokens.expires')}</TableCell>
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody>
        {tokens.map((token) => (
          <TableRow key={token.id}>
            <TableCell className="wide" sx={{ fontWeight: 500, overflowWrap: 'anywhere', minWidth: 160 }}>
              {token.name}
              <Box sx={{ fontSize: '0.75rem', fontWeight: 400, color: 'text.secondary' }}>
                {text('tokens.ending', { hint: token.hint })}
              </Box>
            </TableCell>
            {ofEverybody && <TableCell>{token.owner}</TableCell>}
            <TableCell sx={{ whiteSpace: 'nowrap' }}>{text(`role.${token.role}`)}</TableCell>
            <TableCell sx={{ overflowWrap: 'anywhere' }}>
              {token.scope === null ? text('tokens.allQueues') : <Mono wrap>{token.scope.join(', ')}</Mono>}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {token.lastUsedAt === null ? text('tokens.neverUsed') : <Time at={token.lastUsedAt} show="ago" />}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {token.isExpired ? <strong>{text('tokens.expired')}</strong> : <Time at={token.expiresAt} />}
            </TableCell>
            <TableCell>
              <Button
                color="inherit"
                aria-label={text('tokens.revokeNamed', { name: token.name })}
                onClick={() => {
                  onRevoke(token);
                }}
              >
                {text('tokens.revoke')}
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
