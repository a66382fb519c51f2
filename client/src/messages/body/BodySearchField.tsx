import ExpandLess from '@mui/icons-material/KeyboardArrowUp';
import ExpandMore from '@mui/icons-material/KeyboardArrowDown';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import InputBase from '@mui/material/InputBase';
import { useRef } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { useShortcut } from '../../keyboard/use-shortcut.ts';
import type { BodySearch } from './use-body-search.ts';

/** Finds words in the body: Enter goes on to the next one, Shift+Enter back, Escape ends it. `/` leads here. */
export function BodySearchField({ search, isPart }: { search: BodySearch; isPart: boolean }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', () => {
    input.current?.focus();
  });
  const { words, matches, at, isMore } = search;
  const none = matches.length === 0;
  return (
    <Box role="search" sx={{ display: 'flex', alignItems: 'center', gap: 0.25, minWidth: 0 }}>
      <InputBase
        inputRef={input}
        type="search"
        value={words}
        placeholder={text('body.search')}
        onChange={(event) => {
          search.setWords(event.target.value);
        }}
        onKeyDown={(event) => {
          // While a Korean syllable is being put together, Enter only ends it.
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault();
            search.step(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            search.setWords('');
            input.current?.blur();
          }
        }}
        inputProps={{
          'aria-label': text('body.search'),
          'aria-keyshortcuts': '/',
          autoComplete: 'off',
          maxLength: 200,
        }}
        sx={{
          fontSize: '0.8125rem',
          width: { xs: 150, sm: 176 },
          height: 28,
          px: 1,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.paper',
          '&.Mui-focused': { borderColor: 'primary.main' },
        }}
      />
      {words !== '' && (
        <>
          <Box
            component="span"
            role="status"
            sx={{ fontSize: '0.75rem', color: 'text.secondary', px: 0.5, whiteSpace: 'nowrap' }}
          >
            {none
              ? text(isPart ? 'body.notFoundInPart' : 'body.notFound')
              : text(isMore ? 'body.foundMore' : 'body.found', { at: at + 1, total: matches.length })}
          </Box>
          <IconButton
            size="small"
            aria-label={text('body.previousMatch')}
            disabled={none}
            onClick={() => {
              search.step(-1);
            }}
          >
            <ExpandLess fontSize="small" />
          </IconButton>
          <IconButton
            size="small"
            aria-label={text('body.nextMatch')}
            disabled={none}
            onClick={() => {
              search.step(1);
            }}
          >
            <ExpandMore fontSize="small" />
          </IconButton>
        </>
      )}
    </Box>
  );
}
