import Box from '@mui/material/Box';

/** The envelope that came back. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <Box
      component="svg"
      aria-hidden
      viewBox="0 0 32 32"
      sx={{ width: size, height: size, flex: 'none', display: 'block' }}
    >
      <rect width="32" height="32" rx="7" fill="#2b5fd9" />
      <path
        d="M6 10h20v13H6z M6 10l10 8 10-8"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </Box>
  );
}
