import Bookmark from '@mui/icons-material/BookmarkBorder';
import Check from '@mui/icons-material/Check';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import ListSubheader from '@mui/material/ListSubheader';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';

import type { SavedView } from '../../../../server/contract/schemas/saved-views.ts';
import { office } from '../../api/office.ts';
import { useText } from '../../i18n/use-text.ts';
import type { ListAddress } from '../../list/list-address.ts';
import { useMay } from '../../session/use-user.ts';
import { useSay } from '../../show/use-say.ts';
import { RemoveViewDialog } from './RemoveViewDialog.tsx';
import { SaveViewDialog } from './SaveViewDialog.tsx';
import { useSavedViews } from './use-saved-views.ts';
import { viewAddress } from './view-address.ts';

/** Views of the list under a name: one's own and the shared ones, and what can be done with the one in force. */
export function SavedViewsMenu({ address }: { address: ListAddress }) {
  const text = useText();
  const mayEditAll = useMay('views.editAll');
  const say = useSay();
  const navigate = useNavigate();
  const { views, act } = useSavedViews();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [chosenId, setChosenId] = useState<string>();
  const [dialog, setDialog] = useState<{ kind: 'new' } | { kind: 'edit' | 'remove'; view: SavedView }>();
  const shown = viewAddress(address);
  // The one that is shown; else the one that was chosen and has been changed since.
  const active = views.find((view) => view.address === shown) ?? views.find(({ id }) => id === chosenId);
  const isChanged = active !== undefined && active.address !== shown;
  const mayChange = active !== undefined && (active.isMine || mayEditAll);
  const close = () => {
    setAnchor(null);
  };
  const pick = (does: () => void) => () => {
    close();
    does();
  };
  const item = (view: SavedView) => (
    <MenuItem
      key={view.id}
      selected={view.id === active?.id}
      onClick={pick(() => {
        setChosenId(view.id);
        void navigate(`/messages${view.address === '' ? '' : `?${view.address}`}`);
      })}
    >
      <ListItemIcon>{view.id === active?.id && <Check fontSize="small" />}</ListItemIcon>
      <ListItemText
        primary={view.name}
        secondary={view.isMine ? undefined : text('views.by', { name: view.owner })}
        slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }}
      />
    </MenuItem>
  );
  const own = views.filter(({ isShared }) => !isShared);
  const shared = views.filter(({ isShared }) => isShared);
  return (
    <>
      <Button
        color="inherit"
        startIcon={<Bookmark aria-hidden />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        sx={{ color: 'text.secondary' }}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
      >
        {active === undefined
          ? text('views.open')
          : text(isChanged ? 'views.changed' : 'views.active', { name: active.name })}
      </Button>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{ paper: { sx: { minWidth: 240, maxWidth: 400 } } }}
      >
        {own.length > 0 && <Heading>{text('views.own')}</Heading>}
        {own.map(item)}
        {shared.length > 0 && <Heading>{text('views.shared')}</Heading>}
        {shared.map(item)}
        {views.length > 0 && <Divider />}
        <MenuItem
          onClick={pick(() => {
            setDialog({ kind: 'new' });
          })}
        >
          {text('views.save')}
        </MenuItem>
        {isChanged && mayChange && (
          <MenuItem
            onClick={pick(() => {
              act(office.changeView(active.id, { address: shown, version: active.version })).then(() => {
                say.done('views.saved', { name: active.name });
              }, say.failed);
            })}
          >
            {text('views.update', { name: active.name })}
          </MenuItem>
        )}
        {mayChange && (
          <MenuItem
            onClick={pick(() => {
              setDialog({ kind: 'edit', view: active });
            })}
          >
            {text('views.edit', { name: active.name })}
          </MenuItem>
        )}
        {mayChange && (
          <MenuItem
            onClick={pick(() => {
              setDialog({ kind: 'remove', view: active });
            })}
          >
            {text('views.remove', { name: active.name })}
          </MenuItem>
        )}
      </Menu>
      {(dialog?.kind === 'new' || dialog?.kind === 'edit') && (
        <SaveViewDialog
          view={dialog.kind === 'edit' ? dialog.view : undefined}
          address={shown}
          act={act}
          onClose={(savedId) => {
            setDialog(undefined);
            if (savedId !== undefined) setChosenId(savedId);
          }}
        />
      )}
      {dialog?.kind === 'remove' && (
        <RemoveViewDialog
          view={dialog.view}
          act={act}
          onClose={() => {
            setDialog(undefined);
          }}
        />
      )}
    </>
  );
}

function Heading({ children }: { children: string }) {
  // A menu holds items; a heading among them is only to be seen.
  return (
    <ListSubheader role="presentation" sx={{ lineHeight: 2.2, bgcolor: 'transparent' }}>
      {children}
    </ListSubheader>
  );
}
