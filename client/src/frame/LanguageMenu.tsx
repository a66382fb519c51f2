import Translate from '@mui/icons-material/Translate';

import { useText } from '../i18n/use-text.ts';
import { ChoiceMenu } from './ChoiceMenu.tsx';
import { useLanguage } from './use-preferences.ts';

/** The language switch. */
export function LanguageMenu() {
  const text = useText();
  const { value, choices, onChoose } = useLanguage();
  return (
    <ChoiceMenu
      label={text('frame.language')}
      icon={<Translate fontSize="small" />}
      value={value}
      choices={choices}
      onChoose={onChoose}
    />
  );
}
