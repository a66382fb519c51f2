import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, type ReactNode } from 'react';

import { LanguageMenu } from '../frame/LanguageMenu.tsx';
import { Logo } from '../frame/Logo.tsx';
import { ThemeMenu } from '../frame/ThemeMenu.tsx';
import { useText } from '../i18n/use-text.ts';
import { Panel } from '../show/Panel.tsx';

/** What is shown to somebody who may not see anything yet: no menu, one form. */
export function BareScreen({ tabTitle, children }: { tabTitle: string; children: ReactNode }) {
  const text = useText();
  const name = text('app.name');
  useEffect(() => {
    document.title = `${tabTitle} · ${name}`;
  }, [tabTitle, name]);
  return (
    <Box
      component="main"
      sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}
    >
      <Box sx={{ width: '100%', maxWidth: 360 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mb: 2 }}>
          <Logo size={36} />
          <Box sx={{ flex: 1 }}>
            <Typography variant="h1">{name}</Typography>
            <Typography variant="body2" color="text.secondary">
              {text('app.tagline')}
            </Typography>
          </Box>
          <LanguageMenu />
          <ThemeMenu />
        </Box>
        <Panel sx={{ p: 2.5 }}>{children}</Panel>
      </Box>
    </Box>
  );
}
