import { useText } from '../i18n/use-text.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { AuditEventTable } from './AuditEventTable.tsx';
import { AuditExport } from './AuditExport.tsx';
import { AuditFilters } from './AuditFilters.tsx';
import { AUDIT_LIST, auditQuery } from './audit-list-spec.ts';

/** Who did what, newest first. */
export function AuditEventList() {
  const text = useText();
  const list = useAddressedList({
    resource: 'audit-events',
    spec: AUDIT_LIST,
    toApi: auditQuery,
    pollMs: usePolling(10_000),
  });
  const { filter } = list.address;
  const filtered = Object.values(filter).some((values) => values.length > 0);
  return (
    <>
      <PageHeader
        title={text('auditEvents.title')}
        actions={<AuditExport filter={auditQuery(filter)} total={list.total} />}
      />
      <AuditFilters
        filter={filter}
        setFilter={list.setFilter}
        onClear={() => {
          list.change({ filter: {} });
        }}
      />
      <Panel label={text('auditEvents.title')}>
        <ListBody
          list={list}
          empty={{
            title: text(filtered ? 'auditEvents.emptyFilteredTitle' : 'auditEvents.emptyTitle'),
            text: text(filtered ? 'auditEvents.emptyFilteredText' : 'auditEvents.emptyText'),
          }}
        >
          <AuditEventTable events={list.rows ?? []} />
        </ListBody>
      </Panel>
    </>
  );
}
