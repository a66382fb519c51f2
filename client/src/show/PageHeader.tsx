import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, type ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';

interface PageHeaderProps {
  title: ReactNode;
  /** For the browser's tab; the title itself where that is text. */
  tabTitle?: string;
  actions?: ReactNode;
  /** Above the title: mostly the way back. */
  before?: ReactNode;
}

/** The head of a screen: its title, also as the title of the browser's tab, and what can be done here. */
export function PageHeader({ title, tabTitle, actions, before }: PageHeaderProps) {
  const text = useText();
  const name = text('app.name');
  const ownTitle = tabTitle ?? (typeof title === 'string' ? title : undefined);
  useEffect(() => {
    document.title = ownTitle === undefined ? name : `${ownTitle} · ${name}`;
  }, [ownTitle, name]);
  return (
    <Box component="header" sx={{ mb: 1.5 }}>
      {before}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, rowGap: 1 }}>
        <Typography variant="h1" sx={{ flex: '1 1 280px', minWidth: 0, overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        {actions}
      </Box>
    </Box>
  );
}
