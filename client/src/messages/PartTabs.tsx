import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';
import { Panel } from '../show/Panel.tsx';

/** The parts of a message that have a tab. */
export type PartName = 'body' | 'headers' | 'error' | 'deaths' | 'timeline' | 'properties';

interface PartTabsProps<Name extends PartName> {
  parts: readonly Name[];
  open: Name;
  onOpen: (part: Name) => void;
  /** How many there are, where that is told. */
  counts: Partial<Record<Name, number>>;
  /** The open part. */
  children: ReactNode;
}

/** What is known of a message, part by part. */
export function PartTabs<Name extends PartName>({ parts, open, onOpen, counts, children }: PartTabsProps<Name>) {
  const text = useText();
  return (
    <Panel>
      <Tabs
        value={open}
        onChange={(_event, part: Name) => {
          onOpen(part);
        }}
        variant="scrollable"
        scrollButtons={false}
        sx={{ borderBottom: 1, borderColor: 'divider', px: 1 }}
      >
        {parts.map((part) => (
          <Tab
            key={part}
            value={part}
            id={`tab-${part}`}
            aria-controls={`panel-${part}`}
            label={
              <span>
                {text(`tab.${part}`)}
                {counts[part] !== undefined && (
                  <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400, ml: 0.75 }}>
                    {counts[part]}
                  </Box>
                )}
              </span>
            }
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id={`panel-${open}`} aria-labelledby={`tab-${open}`}>
        {children}
      </Box>
    </Panel>
  );
}
