import Check from '@mui/icons-material/Check';
import IconButton from '@mui/material/IconButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useState, type ReactElement, type ReactNode } from 'react';

export interface Choice<T extends string> {
  value: T;
  label: string;
}
interface ChoiceMenuProps<T extends string> {
  label: string;
  icon: ReactNode;
  value: T;
  choices: readonly Choice<T>[];
  onChoose: (value: T) => void;
}

/** A button of the top bar that opens a short list with one choice taken. */
export function ChoiceMenu<T extends string>({ label, icon, value, choices, onChoose }: ChoiceMenuProps<T>) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <Tooltip title={label}>
        <IconButton
          size="small"
          aria-label={label}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => {
            setAnchor(event.currentTarget);
          }}
          sx={{ color: 'text.secondary' }}
        >
          {icon}
        </IconButton>
      </Tooltip>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => {
          setAnchor(null);
        }}
      >
        {choiceItems({
          value,
          choices,
          onChoose: (chosen) => {
            setAnchor(null);
            onChoose(chosen);
          },
        })}
      </Menu>
    </>
  );
}

/**
 * The items alone, for a menu that holds several choices. No component: a menu puts the focus on those of its children
 * that are items.
 */
export function choiceItems<T extends string>({
  value,
  choices,
  onChoose,
}: Pick<ChoiceMenuProps<T>, 'value' | 'choices' | 'onChoose'>): ReactElement[] {
  return choices.map((choice) => (
    <MenuItem
      key={choice.value}
      role="menuitemradio"
      aria-checked={choice.value === value}
      onClick={() => {
        onChoose(choice.value);
      }}
    >
      <ListItemIcon>{choice.value === value && <Check fontSize="small" />}</ListItemIcon>
      <ListItemText primary={choice.label} slotProps={{ primary: { variant: 'body2' } }} />
    </MenuItem>
  ));
}
