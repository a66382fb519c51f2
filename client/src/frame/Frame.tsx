import Box from '@mui/material/Box';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router-dom';

import { DownloadsProvider } from '../downloads/DownloadsProvider.tsx';
import { useText } from '../i18n/use-text.ts';
import { ShortcutHelp } from '../keyboard/ShortcutHelp.tsx';
import { LiveProvider } from '../live/LiveProvider.tsx';
import { useUser } from '../session/use-user.ts';
import { Lines } from '../show/Lines.tsx';
import { UnsavedEditsGuard } from '../show/UnsavedEditsGuard.tsx';
import { FrozenBanner } from '../settings/FrozenBanner.tsx';
import { HealthBanner } from './HealthBanner.tsx';
import { ScreenBoundary } from './ScreenBoundary.tsx';
import { SideMenu } from './SideMenu.tsx';
import { TopBar } from './TopBar.tsx';

const SetPassword = lazy(async () => ({ default: (await import('../account/SetPassword.tsx')).SetPassword }));

/** What is around every screen of a signed-in user. Who has to set a password sees nothing else before. */
export function Frame({ children }: { children?: ReactNode }) {
  const user = useUser();
  if (user?.mustChangePassword === true) {
    return (
      <Suspense fallback={<Lines />}>
        <SetPassword />
      </Suspense>
    );
  }
  return <WholeFrame>{children}</WholeFrame>;
}

function WholeFrame({ children }: { children: ReactNode }) {
  const text = useText();
  const [menuOpen, setMenuOpen] = useState(false);
  const { pathname } = useLocation();
  return (
    <LiveProvider>
      <UnsavedEditsGuard>
        <DownloadsProvider>
          <Box
            component="a"
            className="screen-only"
            href="#main"
            onClick={(event) => {
              // The hash is the router's: move the focus without touching it.
              event.preventDefault();
              document.getElementById('main')?.focus();
            }}
            sx={{
              position: 'fixed',
              top: -60,
              left: 8,
              zIndex: 2000,
              p: 1,
              bgcolor: 'background.paper',
              '&:focus': { top: 8 },
            }}
          >
            {text('app.skipToContent')}
          </Box>
          <Box
            sx={{
              minHeight: '100vh',
              display: 'flex',
              flexDirection: 'column',
              '--line': (theme) => theme.palette.divider,
            }}
          >
            <TopBar
              onOpenMenu={() => {
                setMenuOpen(true);
              }}
            />
            <Box sx={{ display: 'flex', flex: 1, minWidth: 0 }}>
              <SideMenu
                open={menuOpen}
                onClose={() => {
                  setMenuOpen(false);
                }}
              />
              <Box component="main" id="main" tabIndex={-1} sx={{ flex: 1, minWidth: 0, outline: 'none' }}>
                <div className="screen-only">
                  <HealthBanner />
                  <FrozenBanner />
                </div>
                <Box sx={{ px: { xs: 1.5, sm: 2, md: 3 }, py: { xs: 1.5, md: 2.25 }, maxWidth: 1680, mx: 'auto' }}>
                  <ScreenBoundary key={pathname}>
                    <Suspense fallback={<Lines />}>{children}</Suspense>
                  </ScreenBoundary>
                </Box>
              </Box>
            </Box>
          </Box>
          <ShortcutHelp />
        </DownloadsProvider>
      </UnsavedEditsGuard>
    </LiveProvider>
  );
}
