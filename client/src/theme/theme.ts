import type { RaThemeOptions } from 'react-admin';

/** Colours that carry a state. Each is only ever used together with an icon and a word. */
export interface StateColours {
  waiting: string;
  moving: string;
  unsure: string;
  good: string;
  bad: string;
  quiet: string;
}

declare module '@mui/material/styles' {
  interface Palette {
    state: StateColours;
    /** The ground of code, payloads and table heads. */
    sunken: string;
  }
  interface PaletteOptions {
    state?: StateColours;
    sunken?: string;
  }
}

export const SANS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif';
export const MONO =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", "D2Coding", "Noto Sans Mono CJK KR", monospace';

function theme(mode: 'light' | 'dark', palette: NonNullable<RaThemeOptions['palette']>): RaThemeOptions {
  return {
    palette: { mode, ...palette },
    shape: { borderRadius: 6 },
    spacing: 8,
    sidebar: { width: 208, closedWidth: 56 },
    typography: {
      fontFamily: SANS,
      fontSize: 13,
      htmlFontSize: 16,
      h1: { fontSize: '1.25rem', fontWeight: 600, lineHeight: 1.35, letterSpacing: '-0.01em' },
      h2: { fontSize: '0.9375rem', fontWeight: 600, lineHeight: 1.4 },
      h3: { fontSize: '0.8125rem', fontWeight: 600, lineHeight: 1.4 },
      body1: { fontSize: '0.875rem', lineHeight: 1.55 },
      body2: { fontSize: '0.8125rem', lineHeight: 1.5 },
      button: { textTransform: 'none', fontWeight: 500, fontSize: '0.8125rem', letterSpacing: 0 },
      caption: { fontSize: '0.75rem', lineHeight: 1.45 },
    },
    components: {
      MuiCssBaseline: {
        styleOverrides: {
          html: { overflowY: 'scroll' },
          // Korean breaks between words, not inside them; what has no spaces may break anywhere.
          body: {
            fontVariantNumeric: 'tabular-nums',
            fontSize: '0.875rem',
            wordBreak: 'keep-all',
            overflowWrap: 'break-word',
          },
          '::selection': { background: mode === 'light' ? '#cfdcfb' : '#2f4a86' },
          'a:focus-visible, button:focus-visible, [tabindex]:focus-visible': {
            outline: `2px solid ${mode === 'light' ? '#2b5fd9' : '#86a9ff'}`,
            outlineOffset: 1,
          },
          // On paper there is no frame, and what is written is black, whatever the screen looks like.
          '.print-only': { display: 'none' },
          '@page': { margin: '14mm 12mm' },
          '@media print': {
            '.screen-only, .RaNotification-root': { display: 'none !important' },
            '.print-only': { display: 'block' },
            'html, body': { colorScheme: 'light', background: '#fff !important', color: '#000 !important' },
          },
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': {
              animationDuration: '0.01ms !important',
              transitionDuration: '0.01ms !important',
            },
          },
        },
      },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiButton: {
        defaultProps: { size: 'small', disableElevation: true },
        styleOverrides: {
          root: { minWidth: 0 },
          outlined: { borderColor: 'color-mix(in srgb, currentColor 28%, transparent)' },
        },
      },
      MuiTooltip: {
        defaultProps: { arrow: false },
        styleOverrides: {
          tooltip: { fontSize: '0.75rem', lineHeight: 1.5, fontVariantNumeric: 'tabular-nums', maxWidth: 420 },
        },
      },
      MuiTableCell: {
        styleOverrides: {
          root: { fontSize: '0.8125rem', lineHeight: 1.4, padding: '7px 12px', borderBottomColor: 'var(--line)' },
          head: { fontWeight: 500, fontSize: '0.75rem', whiteSpace: 'nowrap' },
          paddingCheckbox: { padding: '0 0 0 6px', width: 36 },
        },
      },
      MuiCheckbox: { defaultProps: { size: 'small' }, styleOverrides: { root: { padding: 6 } } },
      MuiTab: { styleOverrides: { root: { minHeight: 38, padding: '8px 12px', minWidth: 0 } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 38 }, indicator: { height: 2 } } },
      MuiDialogTitle: {
        styleOverrides: { root: { fontSize: '1.0625rem', fontWeight: 600, padding: '18px 22px 6px' } },
      },
      MuiDialogContent: { styleOverrides: { root: { padding: '8px 22px 12px' } } },
      MuiDialogActions: { styleOverrides: { root: { padding: '10px 22px 18px' } } },
      MuiMenuItem: { styleOverrides: { root: { fontSize: '0.8125rem', minHeight: 34 } } },
      MuiOutlinedInput: { styleOverrides: { root: { fontSize: '0.8125rem' } } },
      MuiInputLabel: { styleOverrides: { root: { fontSize: '0.8125rem' } } },
      MuiFormHelperText: { styleOverrides: { root: { marginLeft: 2, fontSize: '0.75rem' } } },
      MuiAlert: { styleOverrides: { root: { fontSize: '0.8125rem', alignItems: 'flex-start' } } },
      MuiLink: { defaultProps: { underline: 'hover' } },
    },
  };
}

export const lightTheme = theme('light', {
  primary: { main: '#2b5fd9', contrastText: '#ffffff' },
  error: { main: '#c02b45' },
  warning: { main: '#8f5f00' },
  success: { main: '#1a7547' },
  info: { main: '#2b5fd9' },
  background: { default: '#f5f6f8', paper: '#ffffff' },
  sunken: '#f0f2f5',
  divider: '#e1e5ea',
  text: { primary: '#1a2027', secondary: '#55606c', disabled: '#8a939d' },
  action: { hover: '#f2f5fa', selected: '#e8effd' },
  state: {
    waiting: '#9a6200',
    moving: '#2b5fd9',
    unsure: '#7a45d6',
    good: '#1a7547',
    bad: '#c02b45',
    quiet: '#66717d',
  },
});

export const darkTheme = theme('dark', {
  primary: { main: '#86a9ff', contrastText: '#0d1526' },
  error: { main: '#ff8092' },
  warning: { main: '#e6b450' },
  success: { main: '#5fd193' },
  info: { main: '#86a9ff' },
  background: { default: '#0e1216', paper: '#151a20' },
  sunken: '#1b2128',
  divider: '#29313a',
  text: { primary: '#e3e8ed', secondary: '#9ca8b4', disabled: '#66717d' },
  action: { hover: '#1b222a', selected: '#1d2a45' },
  state: {
    waiting: '#e6b450',
    moving: '#86a9ff',
    unsure: '#c2a0ff',
    good: '#5fd193',
    bad: '#ff8092',
    quiet: '#8d99a5',
  },
});
