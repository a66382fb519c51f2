import AcUnit from '@mui/icons-material/AcUnit';
import AccountCircle from '@mui/icons-material/AccountCircleOutlined';
import ManageAccounts from '@mui/icons-material/ManageAccountsOutlined';
import Logout from '@mui/icons-material/Logout';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListSubheader from '@mui/material/ListSubheader';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Theme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useLogout } from 'ra-core';
import { useState } from 'react';
import { Link, useLocation } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { ScopeNote } from '../session/ScopeNote.tsx';
import { useMay, useUser } from '../session/use-user.ts';
import { FreezeDialog } from '../settings/FreezeDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { useAskBeforeLeaving } from '../show/use-unsaved-edits.ts';
import { useSettings } from '../settings/use-settings.ts';
import { choiceItems } from './ChoiceMenu.tsx';
import { useAppearance, useLanguage } from './use-preferences.ts';

/** Who is signed in, and the switch that stops all resends; on a small screen the language and the appearance are here too. */
export function AccountMenu() {
  const text = useText();
  const user = useUser();
  const mayFreeze = useMay('resends.freeze');
  const logout = useLogout();
  const say = useSay();
  const askBeforeLeaving = useAskBeforeLeaving();
  const language = useLanguage();
  const appearance = useAppearance();
  const settings = useSettings();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const { pathname } = useLocation();
  // The question belongs to the screen on which it was opened: who leaves that leaves the question.
  const [freezingAt, setFreezingAt] = useState<string>();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => {
    setAnchor(null);
  };
  return (
    <>
      <Button
        color="inherit"
        aria-label={`${text('frame.account')} ${user?.fullName ?? ''}`.trim()}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
        startIcon={<AccountCircle aria-hidden />}
        sx={{ px: 1, color: 'text.secondary', '& .MuiButton-startIcon': { mr: { xs: 0, sm: 0.75 } } }}
      >
        <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>
          {user?.fullName}
        </Box>
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        {user && (
          <ListSubheader role="presentation" sx={{ lineHeight: 1.5, py: 1, bgcolor: 'transparent' }}>
            {text('frame.signedInAs', { name: user.fullName })}
            <br />
            {text(`role.${user.role}`)}
            {user.scope !== null && (
              <Box component="span" sx={{ display: 'block', maxWidth: 280, whiteSpace: 'normal' }}>
                <ScopeNote />
              </Box>
            )}
          </ListSubheader>
        )}
        {small && [
          <Divider key="line" />,
          <ListSubheader key="language" role="presentation" sx={{ lineHeight: 2.2, bgcolor: 'transparent' }}>
            {text('frame.language')}
          </ListSubheader>,
          ...choiceItems(language),
          <ListSubheader key="appearance" role="presentation" sx={{ lineHeight: 2.2, bgcolor: 'transparent' }}>
            {text('frame.theme')}
          </ListSubheader>,
          ...choiceItems(appearance),
        ]}
        <MenuItem component={Link} to="/account" onClick={close}>
          <ListItemIcon>
            <ManageAccounts fontSize="small" />
          </ListItemIcon>
          {text('frame.myAccount')}
        </MenuItem>
        {settings && mayFreeze && (
          <MenuItem
            onClick={() => {
              close();
              setFreezingAt(pathname);
            }}
          >
            <ListItemIcon>
              <AcUnit fontSize="small" />
            </ListItemIcon>
            {text(settings.resendsFrozen === null ? 'frozen.freeze' : 'frozen.thaw')}
          </MenuItem>
        )}
        <Divider />
        <MenuItem
          onClick={() => {
            close();
            askBeforeLeaving(() => {
              logout().catch(say.failed);
            });
          }}
        >
          <ListItemIcon>
            <Logout fontSize="small" />
          </ListItemIcon>
          {text('frame.signOut')}
        </MenuItem>
      </Menu>
      {freezingAt === pathname && settings && (
        <FreezeDialog
          isFrozen={settings.resendsFrozen !== null}
          onClose={() => {
            setFreezingAt(undefined);
          }}
        />
      )}
    </>
  );
}
