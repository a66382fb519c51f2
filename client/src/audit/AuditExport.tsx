import Download from '@mui/icons-material/FileDownloadOutlined';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useStartDownload } from '../downloads/downloads-context.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';

const FORMATS = ['csv', 'ndjson'] as const;

/** The events that match the filters as a file; `total`: how many that are, null where that is not known. */
export function AuditExport({ filter, total }: { filter: Query; total: number | null }) {
  const text = useText();
  const blocked = useBlocked('audit.export');
  const startDownload = useStartDownload();
  const menuId = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => {
    setAnchor(null);
  };
  return (
    <>
      <GatedButton
        blocked={blocked}
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
      </GatedButton>
      <Menu id={menuId} anchorEl={anchor} open={anchor !== null} onClose={close}>
        {FORMATS.map((format) => (
          <MenuItem
            key={format}
            onClick={() => {
              startDownload({ path: office.auditExportPath(format, filter), format, total, counts: 'events' });
              close();
            }}
          >
            {text(`auditEvents.export.${format}`)}
          </MenuItem>
        ))}
        <Typography
          variant="body2"
          color="text.secondary"
          component="li"
          role="presentation"
          sx={{ px: 2, py: 1, maxWidth: 320 }}
        >
          {text('auditEvents.export.hint')}
        </Typography>
      </Menu>
    </>
  );
}
