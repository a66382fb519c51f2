import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';
import { useMemo, useState, type ReactNode } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { useReveal } from '../../masking/reveal-context.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { GatedButton } from '../../show/GatedButton.tsx';
import { formatBytes } from '../../show/numbers.ts';
import { FORMATTED_WHOLE, SHOWN_WHOLE, type BodyContent } from './body-content.ts';
import { BodyToolbar } from './BodyToolbar.tsx';
import { BodyView, type BodyViewName } from './BodyView.tsx';
import { DRAWN_PIXELS, imageTypeOf, readImage, type ImageFacts } from './image-body.ts';
import { ImageView } from './ImageView.tsx';
import { jsonFault } from './json-fault.ts';
import { jsonLines } from './json-lines.ts';
import { fitsScreen, formatJson, type JsonPart } from './json-text.ts';
import { useBodyContent, type BodyOf } from './use-body-content.ts';
import { useBodySearch } from './use-body-search.ts';
import { useFolds } from './use-folds.ts';

interface BodyTabProps {
  message: BodyOf;
  /** Where its bytes are. */
  path: string;
  /** As high as the body grows before it scrolls inside itself: a CSS length. */
  maxHeight?: string;
}

/**
 * The body: laid out where it is JSON, drawn where it is an image, else as it is; and as hex. Big bodies only when
 * somebody asks for them.
 */
export function BodyTab({ message, path, maxHeight = '70vh' }: BodyTabProps) {
  const text = useText();
  const { content, ...whole } = useBodyContent(message, path);
  if (!content) return <Note>{text('body.purged')}</Note>;
  if (message.bodySize === 0) return <Note>{text('body.empty')}</Note>;
  return <Shown message={message} path={path} maxHeight={maxHeight} content={content} whole={whole} />;
}

interface ShownProps extends Required<BodyTabProps> {
  content: BodyContent;
  whole: Omit<ReturnType<typeof useBodyContent>, 'content'>;
}

function Shown({ message, path, maxHeight, content, whole }: ShownProps) {
  const text = useText();
  const locale = useLocale();
  const reveal = useReveal();
  const [chosen, setChosen] = useState<BodyViewName>();
  const [wrap, setWrap] = useState(true);
  const [broken, setBroken] = useState<Uint8Array>();

  const isLaidOut = !content.truncated && content.bytes.length <= FORMATTED_WHOLE;
  const json = useMemo(
    () => (content.text !== undefined && isLaidOut ? laidOut(content.text) : undefined),
    [content, isLaidOut],
  );
  const lines = useMemo(() => (json ? jsonLines(json) : []), [json]);
  const image = useMemo(() => imageOf(content, message.contentType), [content, message.contentType]);
  const isDrawn = image.facts !== undefined && broken !== content.bytes;

  const isFalseImage = image.isClaimed && !isDrawn && !content.truncated;
  // The first one is shown at first.
  const views: BodyViewName[] = [
    ...(isDrawn ? ['image' as const] : []),
    ...(isFalseImage ? ['hex' as const] : []),
    ...(json ? ['formatted' as const] : []),
    ...(content.text === undefined ? [] : ['raw' as const]),
    'hex',
  ];
  const view = views.find((one) => one === chosen) ?? views[0] ?? 'hex';
  const formatted = useMemo(() => lines.map((line) => line.text).join('\n'), [lines]);
  const shownText = view === 'formatted' ? formatted : view === 'raw' ? (content.text ?? '') : '';
  const search = useBodySearch(shownText);
  const folds = useFolds(lines, view === 'formatted' ? search.current : undefined);

  const claimsJson = /\bjson\b/i.test(message.contentType ?? '');
  const size = formatBytes(message.bodySize, locale);
  return (
    <>
      <BodyToolbar
        view={view}
        views={views}
        onView={setChosen}
        wrap={wrap}
        onWrap={setWrap}
        folds={view === 'formatted' ? folds : undefined}
        search={view === 'formatted' || view === 'raw' ? search : undefined}
        isPart={content.truncated}
        copied={content.truncated || content.text === undefined ? undefined : shownText || content.text}
        path={path}
      />
      {content.decompressed !== undefined && (
        <Note>
          {text(content.truncated ? 'body.decompressedPart' : 'body.decompressed', {
            encoding: content.decompressed,
            shown: formatBytes(content.bytes.length, locale),
          })}{' '}
          {message.bodySize <= SHOWN_WHOLE && (
            <GatedButton
              variant="outlined"
              loading={whole.isLoading}
              blocked={reveal?.blocked}
              hint={text('body.recorded')}
              onClick={reveal?.isRevealed === false ? reveal.ask : whole.loadWhole}
            >
              {text('body.showCompressed')}
            </GatedButton>
          )}
          {whole.error !== null && <FaultNotice error={whole.error} />}
        </Note>
      )}
      {content.truncated && content.decompressed === undefined && (
        <Note>
          {text('body.truncated', { shown: formatBytes(content.bytes.length, locale), total: size })}{' '}
          {message.bodySize > SHOWN_WHOLE ? (
            text('body.tooLargeToShow', { size })
          ) : (
            <GatedButton
              variant="outlined"
              loading={whole.isLoading}
              blocked={reveal?.blocked}
              hint={text('body.recorded')}
              // The whole body has no masks.
              onClick={reveal?.isRevealed === false ? reveal.ask : whole.loadWhole}
            >
              {text(image.isClaimed ? 'body.loadImage' : 'body.loadWhole')}
            </GatedButton>
          )}
          {whole.error !== null && <FaultNotice error={whole.error} />}
        </Note>
      )}
      {content.charset !== undefined && <Note>{text('body.readAs', { charset: content.charset })}</Note>}
      {isFalseImage ? (
        <Note>{text(image.why === 'tooLarge' ? 'body.imageTooLarge' : 'body.notImage')}</Note>
      ) : (
        content.text === undefined && !isDrawn && <Note>{text('body.binary')}</Note>
      )}
      {claimsJson && !json && content.text !== undefined && isLaidOut && (
        <Note>{text(jsonFault(content.text) === undefined ? 'body.tooManyParts' : 'body.notJson')}</Note>
      )}
      {view === 'image' && image.facts ? (
        <ImageView
          bytes={content.bytes}
          facts={image.facts}
          maxHeight={maxHeight}
          onBroken={() => {
            setBroken(content.bytes);
          }}
        />
      ) : (
        <BodyView
          content={content}
          lines={lines}
          folds={folds}
          search={search}
          view={view === 'image' ? 'hex' : view}
          wrap={wrap}
          maxHeight={maxHeight}
        />
      )}
      <Box
        sx={{
          px: 2,
          py: 0.5,
          fontSize: '0.75rem',
          color: 'text.secondary',
          borderTop: 1,
          borderColor: 'divider',
          overflowWrap: 'anywhere',
        }}
      >
        {[message.contentType, size].filter((part) => part !== null && part !== '').join(' · ')}
      </Box>
    </>
  );
}

function laidOut(text: string): JsonPart[] | undefined {
  const parts = formatJson(text);
  return parts && fitsScreen(parts) ? parts : undefined;
}

/** What there is to draw: only a whole image of the kind that its content type names, and of a size to draw. */
function imageOf(
  content: BodyContent,
  contentType: string | null,
): { isClaimed: boolean; facts?: ImageFacts; why?: 'tooLarge' } {
  const claimed = imageTypeOf(contentType);
  if (claimed === undefined) return { isClaimed: false };
  const facts = content.truncated ? undefined : readImage(content.bytes);
  if (facts?.type !== claimed) return { isClaimed: true };
  if (facts.width * facts.height > DRAWN_PIXELS) return { isClaimed: true, why: 'tooLarge' };
  return { isClaimed: true, facts };
}

function Note({ children }: { children: ReactNode }) {
  return <Box sx={{ px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>{children}</Box>;
}
