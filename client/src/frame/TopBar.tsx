import MenuIcon from '@mui/icons-material/Menu';
import AppBar from '@mui/material/AppBar';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Toolbar from '@mui/material/Toolbar';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { LanguageMenu } from './LanguageMenu.tsx';
import { LiveSwitch } from './LiveSwitch.tsx';
import { Logo } from './Logo.tsx';
import { OrderSearch } from './OrderSearch.tsx';
import { RunningOperations } from './RunningOperations.tsx';
import { ThemeMenu } from './ThemeMenu.tsx';
import { WaitingApprovals } from './WaitingApprovals.tsx';

/** The bar above every screen: where one is, the way to an order, and what runs. */
export function TopBar({ onOpenMenu }: { onOpenMenu: () => void }) {
  const text = useText();
  return (
    <AppBar
      className="screen-only"
      position="sticky"
      color="inherit"
      elevation={0}
      sx={{
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
        zIndex: (theme) => theme.zIndex.drawer + 1,
      }}
    >
      <Toolbar variant="dense" sx={{ minHeight: 48, gap: { xs: 0.5, sm: 1 }, px: { xs: 1, sm: 2 } }} disableGutters>
        <IconButton
          aria-label={text('nav.openMenu')}
          onClick={onOpenMenu}
          size="small"
          sx={{ display: { md: 'none' } }}
        >
          <MenuIcon />
        </IconButton>
        <Box
          component={Link}
          to="/"
          sx={{
            display: 'flex',
            alignItems: 'center',
            gap: 1,
            color: 'inherit',
            textDecoration: 'none',
            mr: 1,
            minWidth: 0,
          }}
        >
          <Logo />
          <Typography component="span" noWrap sx={{ fontWeight: 650, fontSize: '0.9375rem', letterSpacing: '-0.01em' }}>
            {text('app.name')}
          </Typography>
        </Box>
        <Box sx={{ flex: 1, display: { xs: 'none', md: 'flex' }, justifyContent: 'center' }}>
          <OrderSearch />
        </Box>
        <Box sx={{ flex: { xs: 1, md: 0 } }} />
        <WaitingApprovals />
        <RunningOperations />
        <LiveSwitch />
        <Box sx={{ display: { xs: 'none', sm: 'flex' }, alignItems: 'center' }}>
          <LanguageMenu />
          <ThemeMenu />
        </Box>
        <AccountMenu />
      </Toolbar>
    </AppBar>
  );
}
