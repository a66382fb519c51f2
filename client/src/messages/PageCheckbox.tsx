import Checkbox from '@mui/material/Checkbox';

import { useText } from '../i18n/use-text.ts';

interface PageCheckboxProps {
  onPage: readonly string[];
  selection: { ids: readonly string[]; setIds: (ids: string[]) => void };
}

/** Ticks and un-ticks the rows of the page; those of other pages stay as they are. */
export function PageCheckbox({ onPage, selection: { ids, setIds } }: PageCheckboxProps) {
  const text = useText();
  const chosen = onPage.filter((id) => ids.includes(id)).length;
  return (
    <Checkbox
      slotProps={{ input: { 'aria-label': text('list.selectPage') } }}
      checked={chosen > 0 && chosen === onPage.length}
      indeterminate={chosen > 0 && chosen < onPage.length}
      onChange={() => {
        const others = ids.filter((id) => !onPage.includes(id));
        setIds(chosen === onPage.length ? others : [...others, ...onPage]);
      }}
    />
  );
}
