import Download from '@mui/icons-material/FileDownloadOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useLocale } from 'ra-core';
import { Link } from 'react-router-dom';

import { OUTCOMES, type Outcome } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { formatNumber } from '../show/numbers.ts';
import { Panel } from '../show/Panel.tsx';
import { isEnded } from './operation-queries.ts';
import { OperationItemTable } from './OperationItemTable.tsx';
import { ResendThese } from './ResendThese.tsx';
import { useOperationItems } from './use-operation-items.ts';

export const ITEMS: ListSpec = { filters: ['outcome'], sort: '', sorts: [], perPage: 50 };

/** The messages of an operation by outcome, with the cause where it is not `confirmed`. */
export function OperationItems({ operation }: { operation: Operation }) {
  const text = useText();
  const locale = useLocale();
  const list = useOperationItems(operation, ITEMS);
  const chosen = OUTCOMES.find((outcome) => outcome === list.address.filter['outcome']?.[0]);
  const resendable =
    chosen !== undefined && chosen !== 'confirmed' && operation.action === 'resend' && isEnded(operation);
  const tab = (outcome: Outcome) =>
    `${text(`outcome.${outcome}`)} ${formatNumber(operation.outcomes[outcome], locale)}`;
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mb: 1 }}>
        <Tabs
          value={chosen ?? 'all'}
          onChange={(_event, value: string) => {
            list.setFilter('outcome', value === 'all' ? [] : [value]);
          }}
          variant="scrollable"
          scrollButtons={false}
          aria-label={text('column.outcome')}
          sx={{ flex: { xs: '1 0 100%', md: 1 }, minWidth: 0 }}
        >
          <Tab value="all" label={text('operations.allOutcomes')} />
          {OUTCOMES.filter((outcome) => operation.outcomes[outcome] > 0 || outcome === chosen).map((outcome) => (
            <Tab key={outcome} value={outcome} label={tab(outcome)} />
          ))}
        </Tabs>
        {resendable && operation.outcomes[chosen] > 0 && <ResendThese operation={operation} outcome={chosen} />}
        <Button
          component={Link}
          color="inherit"
          to={`/messages?status=all&operationId=${operation.id}${chosen ? `&outcome=${chosen}` : ''}`}
        >
          {text('operations.showMessages')}
        </Button>
        <Button
          component="a"
          color="inherit"
          download
          href={office.itemsExportPath(operation.id, chosen ? [chosen] : [])}
          startIcon={<Download aria-hidden />}
        >
          {text('operations.download')}
        </Button>
      </Box>
      <Panel label={text('operations.items')}>
        <ListBody list={list} empty={{ title: text('operations.itemsEmpty'), text: '' }}>
          <OperationItemTable items={list.rows ?? []} />
        </ListBody>
      </Panel>
    </>
  );
}
