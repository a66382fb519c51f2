import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import { DownloadCard } from './DownloadCard.tsx';
import { DownloadsContext } from './downloads-context.ts';
import { useDownloads } from './use-downloads.ts';

/** Downloads go on whichever screen is open; how far they are stands in the corner. */
export function DownloadsProvider({ children }: { children: ReactNode }) {
  const { all, start, close } = useDownloads();
  return (
    <DownloadsContext value={start}>
      {children}
      {all.length > 0 && (
        <Box
          className="screen-only"
          sx={{
            position: 'fixed',
            right: { xs: 12, sm: 20 },
            bottom: { xs: 12, sm: 20 },
            left: { xs: 12, sm: 'auto' },
            width: { sm: 360 },
            display: 'grid',
            gap: 1,
            zIndex: (theme) => theme.zIndex.snackbar,
          }}
        >
          {all.map((download) => (
            <DownloadCard
              key={download.id}
              download={download}
              onClose={() => {
                close(download.id);
              }}
              onAgain={() => {
                close(download.id);
                start(download.wanted);
              }}
            />
          ))}
        </Box>
      )}
    </DownloadsContext>
  );
}
