import Download from '@mui/icons-material/FileDownloadOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useStartDownload } from '../downloads/downloads-context.ts';
import { useText } from '../i18n/use-text.ts';

const FORMATS = ['csv', 'ndjson'] as const;

/** Everything that matches the filters as a file; `total`: how many that are, null where that is not known. */
export function ExportButton({ filter, total }: { filter: Query; total: number | null }) {
  const text = useText();
  const startDownload = useStartDownload();
  const menuId = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
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
      <Menu id={menuId} anchorEl={anchor} open={anchor !== null} onClose={close}>
        {FORMATS.map((format) => (
          <MenuItem
            key={format}
            onClick={() => {
              startDownload({ path: office.exportPath(format, filter), format, total });
              close();
            }}
          >
            {text(`exporting.${format}`)}
          </MenuItem>
        ))}
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
    </>
  );
}
