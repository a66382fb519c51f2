import ExpandMore from '@mui/icons-material/ExpandMore';
import Accordion from '@mui/material/Accordion';
import AccordionDetails from '@mui/material/AccordionDetails';
import AccordionSummary from '@mui/material/AccordionSummary';
import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';

import type { Editing } from '../../../../server/contract/schemas/drafts.ts';
import { useText } from '../../i18n/use-text.ts';
import { STACKING } from '../../show/stacking.ts';
import { MONO } from '../../theme/theme.ts';
import { KeptValue } from './fields.tsx';
import { PROPERTY_NAMES } from './property-rows.ts';

/** What nobody edits, and why: folded away, but there. */
export function LockedPanel({ locked, original }: Pick<Editing, 'locked' | 'original'>) {
  const text = useText();
  const properties = PROPERTY_NAMES.filter(
    (name) => locked.properties.includes(name) && original.properties[name] !== undefined,
  );
  const count = locked.headers.length + properties.length;
  if (count === 0) return null;
  return (
    <Accordion
      disableGutters
      variant="outlined"
      slotProps={{ transition: { unmountOnExit: true } }}
      sx={{ mb: 2, '&::before': { display: 'none' } }}
    >
      <AccordionSummary expandIcon={<ExpandMore />}>
        <Typography variant="h2">
          {text('edit.locked.title')}{' '}
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
            {count}
          </Box>
        </Typography>
      </AccordionSummary>
      <AccordionDetails sx={{ p: 0, color: 'text.secondary' }}>
        <Table size="small" sx={STACKING}>
          <TableBody>
            {locked.headers.map(({ header, because }, index) => (
              <TableRow key={index}>
                <TableCell sx={{ fontFamily: MONO, color: 'inherit', overflowWrap: 'anywhere' }}>
                  {header.name}
                </TableCell>
                <TableCell sx={{ color: 'inherit' }}>{header.type}</TableCell>
                <TableCell className="wide" sx={{ color: 'inherit', width: '40%', maxWidth: 480 }}>
                  <Box sx={{ maxHeight: 96, overflow: 'auto' }}>
                    <KeptValue header={header} isRemoved={false} />
                  </Box>
                </TableCell>
                <TableCell className="wide" sx={{ color: 'inherit', width: '30%' }}>
                  {text(`edit.locked.${because}`)}
                </TableCell>
              </TableRow>
            ))}
            {properties.map((name) => (
              <TableRow key={name}>
                <TableCell sx={{ fontFamily: MONO, color: 'inherit' }}>{name}</TableCell>
                <TableCell sx={{ color: 'inherit' }} />
                <TableCell className="wide" sx={{ color: 'inherit', fontFamily: MONO }}>
                  {String(original.properties[name])}
                </TableCell>
                <TableCell className="wide" sx={{ color: 'inherit' }}>
                  {text('edit.locked.property')}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </AccordionDetails>
    </Accordion>
  );
}
