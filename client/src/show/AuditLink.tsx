import FactCheck from '@mui/icons-material/FactCheckOutlined';
import Button from '@mui/material/Button';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { useMay } from '../session/use-user.ts';

/** Leads to the acts on record about one thing, for those who may see them. */
export function AuditLink({ filter }: { filter: Readonly<Record<string, string>> }) {
  const text = useText();
  if (!useMay('audit.read')) return null;
  return (
    <Button
      component={Link}
      to={`/audit-events?${new URLSearchParams(filter)}`}
      color="inherit"
      startIcon={<FactCheck aria-hidden />}
      sx={{ color: 'text.secondary' }}
    >
      {text('auditEvents.link')}
    </Button>
  );
}
