import { DETECTORS } from '../../../server/contract/masking.ts';
import { useText } from '../i18n/use-text.ts';

/** The name of a rule; those that came with the office are named in the reader's language. */
export function useRuleName(): (name: string) => string {
  const text = useText();
  return (name) => {
    const known = DETECTORS.find((one) => one === name);
    return known === undefined ? name : text(`masking.detector.${known}`);
  };
}
