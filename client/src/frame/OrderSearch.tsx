import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import InputBase from '@mui/material/InputBase';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { orderPath } from '../orders/order-path.ts';

/** The search box of the frame: an order ID leads to the order. `/` puts the cursor into it from anywhere. */
export function OrderSearch() {
  const text = useText();
  const navigate = useNavigate();
  const [value, setValue] = useState('');
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, []);

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
        placeholder={text('frame.searchOrder')}
        inputProps={{
          'aria-label': text('frame.searchOrderHint'),
          maxLength: 191,
          autoComplete: 'off',
          spellCheck: false,
        }}
        sx={{ fontSize: '0.8125rem' }}
      />
      <Box
        component="kbd"
        aria-hidden
        sx={{
          fontSize: '0.6875rem',
          color: 'text.secondary',
          border: 1,
          borderColor: 'divider',
          borderRadius: 0.75,
          px: 0.75,
        }}
      >
        /
      </Box>
    </Box>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
