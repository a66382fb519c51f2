import Download from '@mui/icons-material/Download';
import UnfoldLess from '@mui/icons-material/UnfoldLess';
import UnfoldMore from '@mui/icons-material/UnfoldMore';
import WrapText from '@mui/icons-material/WrapText';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Tooltip from '@mui/material/Tooltip';
import type { ReactElement } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { useReveal } from '../../masking/reveal-context.ts';
import { CopyButton } from '../../show/CopyButton.tsx';
import { BodySearchField } from './BodySearchField.tsx';
import type { BodyViewName } from './BodyView.tsx';
import type { BodySearch } from './use-body-search.ts';
import type { Folds } from './use-folds.ts';

/** `image` is offered only where there is one to draw. */
const ALWAYS = ['formatted', 'raw', 'hex'] as const;
const SMALL = { px: 1, py: 0.25, textTransform: 'none', fontSize: '0.8125rem' };

interface BodyToolbarProps {
  view: BodyViewName;
  /** Those that fit the body. */
  views: readonly BodyViewName[];
  onView: (view: BodyViewName) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  folds: Folds | undefined;
  search: BodySearch | undefined;
  /** Only the beginning of the body is here, so only that is searched. */
  isPart: boolean;
  /** What Copy copies; undefined where there is no whole text. */
  copied: string | undefined;
  path: string;
}

/** How the body is shown, and what can be done with it. */
export function BodyToolbar(props: BodyToolbarProps) {
  const text = useText();
  const { view, views, folds, search } = props;
  const offered: readonly BodyViewName[] = views.includes('image') ? ['image', ...ALWAYS] : ALWAYS;
  return (
    <Box
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, px: 2, py: 0.75, fontSize: '0.8125rem' }}
    >
      <ToggleButtonGroup
        exclusive
        size="small"
        value={view}
        aria-label={text('body.views')}
        onChange={(_event, next: BodyViewName | null) => {
          if (next) props.onView(next);
        }}
      >
        {offered.map((one) => (
          <ToggleButton key={one} value={one} disabled={!views.includes(one)} sx={SMALL}>
            {text(`body.${one}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {search && <BodySearchField search={search} isPart={props.isPart} />}
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.25, ml: 'auto' }}>
        {folds && <FoldAll folds={folds} />}
        {search && (
          <Tool label={text('body.wrap')}>
            <IconButton
              size="small"
              aria-label={text('body.wrap')}
              aria-pressed={props.wrap}
              onClick={() => {
                props.onWrap(!props.wrap);
              }}
              sx={props.wrap ? { color: 'primary.main', bgcolor: 'action.selected' } : {}}
            >
              <WrapText fontSize="small" />
            </IconButton>
          </Tool>
        )}
        <DownloadBody path={props.path} />
        {props.copied !== undefined && <CopyButton what={text('tab.body')} value={props.copied} />}
      </Box>
    </Box>
  );
}

/** The exact bytes, which have no masks: only once the message was revealed. */
function DownloadBody({ path }: { path: string }) {
  const text = useText();
  const reveal = useReveal();
  const label = text('body.download');
  if (reveal?.isRevealed === false) {
    return (
      <Tool label={reveal.blocked ?? `${label}. ${text('masking.downloadNeedsReveal')}`}>
        <IconButton
          size="small"
          aria-label={label}
          aria-disabled={reveal.blocked !== undefined}
          onClick={() => {
            if (reveal.blocked === undefined) reveal.ask();
          }}
          sx={reveal.blocked === undefined ? {} : { opacity: 0.5, cursor: 'not-allowed' }}
        >
          <Download fontSize="small" />
        </IconButton>
      </Tool>
    );
  }
  return (
    <Tool label={`${label}. ${text('body.recorded')}`}>
      <IconButton size="small" aria-label={label} component="a" href={path} download>
        <Download fontSize="small" />
      </IconButton>
    </Tool>
  );
}

/** A control that is an icon, with its name on hover. */
function Tool({ label, children }: { label: string; children: ReactElement }) {
  return (
    <Tooltip title={label} describeChild>
      {children}
    </Tooltip>
  );
}

function FoldAll({ folds: { folded, foldAll, unfoldAll } }: { folds: Folds }) {
  const text = useText();
  const isFolded = folded.size > 0;
  const act = isFolded ? unfoldAll : foldAll;
  if (!act) return null;
  const label = text(isFolded ? 'body.unfoldAll' : 'body.foldAll');
  return (
    <Tool label={label}>
      <IconButton size="small" aria-label={label} onClick={act}>
        {isFolded ? <UnfoldMore fontSize="small" /> : <UnfoldLess fontSize="small" />}
      </IconButton>
    </Tool>
  );
}
