import { EditorState, type Extension } from '@codemirror/state';
import { useMemo } from 'react';

import { useText } from '../../i18n/use-text.ts';

/** The words that the code editor itself says, in the reader's language. */
export function usePhrases(): Extension {
  const text = useText();
  return useMemo(
    () =>
      EditorState.phrases.of({
        Find: text('edit.find.find'),
        Replace: text('edit.find.replace'),
        next: text('edit.find.next'),
        previous: text('edit.find.previous'),
        all: text('edit.find.all'),
        'match case': text('edit.find.matchCase'),
        regexp: text('edit.find.regexp'),
        'by word': text('edit.find.byWord'),
        replace: text('edit.find.replaceOne'),
        'replace all': text('edit.find.replaceAll'),
        close: text('common.close'),
        'current match': text('edit.find.currentMatch'),
        'on line': text('edit.find.onLine'),
        'replaced match on line $': text('edit.find.replaced'),
        'replaced $ matches': text('edit.find.replacedAll'),
        '$ unchanged lines': text('edit.unchangedLines'),
        'Control character': text('edit.controlCharacter'),
      }),
    [text],
  );
}
