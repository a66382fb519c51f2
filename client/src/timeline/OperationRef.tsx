import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';

interface OperationRefProps {
  /** Null: one that the user does not see. */
  id: string | null;
  inText?: boolean;
}

/** Which operation it was, as a link; of one that the user does not see, that there was one. */
export function OperationRef({ id, inText = false }: OperationRefProps) {
  const text = useText();
  if (id === null) return <span>{text('timeline.unseenOperation')}</span>;
  return (
    <AppLink inText={inText} to={`/operations/${id}`}>
      {text('timeline.operationLink', { id })}
    </AppLink>
  );
}
