import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import InputBase from '@mui/material/InputBase';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { Key } from '../keyboard/Key.tsx';
import { useShortcut } from '../keyboard/use-shortcut.ts';
import { orderPath } from '../orders/order-path.ts';

/**
 * The search box of the frame: an order ID leads to the order. `o` puts the cursor into it from anywhere, and `/` where
 * the screen has no search of its own.
 */
export function OrderSearch() {
  const text = useText();
  const navigate = useNavigate();
  const [value, setValue] = useState('');
  const input = useRef<HTMLInputElement>(null);

  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  const focus = () => {
    // On a small screen the box is not there; the screen of orders has one.
    if (small) void navigate('/orders');
    input.current?.focus();
    input.current?.select();
  };
  useShortcut('o', focus);
  useShortcut('/', focus);

  return (
    <Box
      component="form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const orderId = value.trim();
        if (orderId === '') return;
        setValue('');
        input.current?.blur();
        void navigate(orderPath(orderId));
      }}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 1,
        width: '100%',
        maxWidth: 420,
        height: 32,
        px: 1.25,
        borderRadius: 1,
        border: 1,
        borderColor: 'divider',
        bgcolor: 'sunken',
        '&:focus-within': { borderColor: 'primary.main', bgcolor: 'background.paper' },
      }}
    >
      <Search aria-hidden sx={{ fontSize: 18, color: 'text.secondary' }} />
      <InputBase
        fullWidth
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
        }}
        inputRef={input}
        onKeyDown={(event) => {
          if (event.key === 'Escape') input.current?.blur();
        }}
        placeholder={text('frame.searchOrder')}
        inputProps={{
          'aria-label': text('frame.searchOrderHint'),
          maxLength: 191,
          autoComplete: 'off',
          spellCheck: false,
        }}
        sx={{ fontSize: '0.8125rem' }}
      />
      <Box aria-hidden component="span">
        <Key>o</Key>
      </Box>
    </Box>
  );
}
