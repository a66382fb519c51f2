import AltRoute from '@mui/icons-material/AltRoute';
import FactCheck from '@mui/icons-material/FactCheckOutlined';
import Layers from '@mui/icons-material/LayersOutlined';
import MailOutline from '@mui/icons-material/MailOutline';
import MoveToInbox from '@mui/icons-material/MoveToInboxOutlined';
import SpaceDashboard from '@mui/icons-material/SpaceDashboardOutlined';
import People from '@mui/icons-material/PeopleOutlined';
import PlaylistPlay from '@mui/icons-material/PlaylistPlay';
import Tune from '@mui/icons-material/Tune';
import Receipt from '@mui/icons-material/ReceiptLongOutlined';
import type { SvgIconComponent } from '@mui/icons-material';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import { NavLink } from 'react-router-dom';

import { may, type Permission } from '../../../server/contract/access.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';

/** The sections in the order in which an operator needs them. A new screen adds its line here. */
const SECTIONS = [
  { name: 'overview', icon: SpaceDashboard },
  { name: 'groups', icon: Layers },
  { name: 'messages', icon: MailOutline },
  { name: 'orders', icon: Receipt },
  { name: 'operations', icon: PlaylistPlay },
  { name: 'dead-queues', icon: AltRoute },
  { name: 'rejects', icon: MoveToInbox },
  { name: 'audit-events', icon: FactCheck },
  { name: 'settings', icon: Tune, needs: 'settings.edit' },
  { name: 'users', icon: People, needs: 'users.edit' },
] as const satisfies readonly { name: string; icon: SvgIconComponent; needs?: Permission }[];

/** The sections: beside the screen where there is room, as a drawer on a small one. */
export function SideMenu({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <>
      <Box
        className="screen-only"
        sx={{
          display: { xs: 'none', md: 'block' },
          width: (theme) => theme.sidebar.width,
          flex: 'none',
          borderRight: 1,
          borderColor: 'divider',
          bgcolor: 'background.paper',
        }}
      >
        <Box sx={{ position: 'sticky', top: 48 }}>
          <Sections onNavigate={onClose} />
        </Box>
      </Box>
      <Drawer open={open} onClose={onClose} sx={{ display: { md: 'none' } }}>
        <Box sx={{ width: 248, pt: 7 }}>
          <Sections onNavigate={onClose} />
        </Box>
      </Drawer>
    </>
  );
}

function Sections({ onNavigate }: { onNavigate: () => void }) {
  const text = useText();
  const user = useUser();
  return (
    <Box component="nav" aria-label={text('nav.label')} sx={{ p: 1, display: 'grid', gap: 0.25 }}>
      {SECTIONS.filter((section) => !('needs' in section) || (user !== undefined && may(user, section.needs))).map(
        ({ name, icon: Icon }) => (
          <Box
            key={name}
            component={NavLink}
            // The start page has no name in its address, and every address begins like it.
            to={name === 'overview' ? '/' : `/${name}`}
            end={name === 'overview'}
            onClick={onNavigate}
            sx={{
              display: 'flex',
              alignItems: 'center',
              gap: 1.25,
              px: 1.25,
              minHeight: { xs: 44, md: 34 },
              borderRadius: 1,
              color: 'text.secondary',
              textDecoration: 'none',
              fontSize: '0.8125rem',
              fontWeight: 500,
              whiteSpace: 'nowrap',
              '&:hover': { bgcolor: 'action.hover', color: 'text.primary' },
              '&.active': { bgcolor: 'action.selected', color: 'text.primary', fontWeight: 600 },
              '&.active svg': { color: 'primary.main' },
            }}
          >
            <Icon aria-hidden sx={{ fontSize: 19 }} />
            {text(`nav.${name}`)}
          </Box>
        ),
      )}
    </Box>
  );
}
