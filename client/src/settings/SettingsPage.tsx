import type { Settings } from '../../../server/contract/schemas/settings.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import { AppLink } from '../show/AppLink.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { SettingsForm } from './SettingsForm.tsx';
import { useSettingsAnswer } from './use-settings.ts';

/** The switches of the office that take effect at once, with no deploy. */
export function SettingsPage() {
  const text = useText();
  const { data, error, refetch } = useSettingsAnswer();
  return (
    <>
      <PageHeader
        title={text('settings.title')}
        actions={<AppLink to="/settings/masking">{text('masking.title')}</AppLink>}
      />
      <Panel sx={{ p: { xs: 2, sm: 3 }, maxWidth: 720 }}>
        <Body settings={data} error={error} onRetry={() => void refetch()} />
      </Panel>
    </>
  );
}

interface BodyProps {
  settings: Settings | undefined;
  error: unknown;
  onRetry: () => void;
}

function Body({ settings, error, onRetry }: BodyProps) {
  const blocked = useBlocked('settings.edit');
  if (settings === undefined) return error === null ? <Lines /> : <FaultState error={error} onRetry={onRetry} />;
  return <SettingsForm settings={settings} blocked={blocked} />;
}
