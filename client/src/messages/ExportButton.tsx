import Download from '@mui/icons-material/FileDownloadOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useStartDownload } from '../downloads/downloads-context.ts';
import { useText } from '../i18n/use-text.ts';
import { RevealDialog } from '../masking/RevealDialog.tsx';
import { useBlocked } from '../session/use-user.ts';

/** Everything that matches the filters as a file; `total`: how many that are, null where that is not known. */
export function ExportButton({ filter, total }: { filter: Query; total: number | null }) {
  const text = useText();
  const startDownload = useStartDownload();
  const menuId = useId();
  const blocked = useBlocked('messages.reveal');
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [isAsking, setAsking] = useState(false);
  const close = () => {
    setAnchor(null);
  };
  return (
    <>
      <Button
        color="inherit"
        startIcon={<Download aria-hidden />}
        aria-haspopup="menu"
        aria-controls={anchor ? menuId : undefined}
        sx={{ color: 'text.secondary' }}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
      >
        {text('exporting.open')}
      </Button>
      <Menu
        id={menuId}
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        // What may not be taken is come to by keyboard too: it says why.
        slotProps={{ list: { disabledItemsFocusable: true } }}
      >
        <MenuItem
          onClick={() => {
            startDownload({ path: office.exportPath('csv', filter), format: 'csv', total });
            close();
          }}
        >
          {text('exporting.csv')}
        </MenuItem>
        <MenuItem
          disabled={blocked !== undefined}
          sx={{ '&.Mui-disabled': { opacity: 0.75 } }}
          onClick={() => {
            setAsking(true);
            close();
          }}
        >
          <Box sx={{ maxWidth: 300, whiteSpace: 'normal' }}>
            {text('exporting.ndjson')}
            <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>{blocked ?? text('masking.exportHint')}</Box>
          </Box>
        </MenuItem>
        <Typography
          variant="body2"
          color="text.secondary"
          component="li"
          role="presentation"
          sx={{ px: 2, py: 1, maxWidth: 320 }}
        >
          {text('exporting.hint')}
        </Typography>
      </Menu>
      {isAsking && (
        <RevealDialog
          title={text('masking.exportTitle')}
          explanation={text('masking.exportText')}
          submit={text('masking.export')}
          onReason={(reason) => {
            startDownload({ path: office.exportPath('ndjson', filter), format: 'ndjson', total, reason });
            setAsking(false);
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
