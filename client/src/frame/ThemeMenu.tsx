import Contrast from '@mui/icons-material/Contrast';

import { useText } from '../i18n/use-text.ts';
import { ChoiceMenu } from './ChoiceMenu.tsx';
import { useAppearance } from './use-preferences.ts';

/** Light, dark, or as the system says. */
export function ThemeMenu() {
  const text = useText();
  const { value, choices, onChoose } = useAppearance();
  return (
    <ChoiceMenu
      label={text('frame.theme')}
      icon={<Contrast fontSize="small" />}
      value={value}
      choices={choices}
      onChoose={onChoose}
    />
  );
}
