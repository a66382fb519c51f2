import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

import type { Order } from '../../../server/contract/schemas/orders.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { exactUtcTime, recordTime } from '../show/times.ts';
import { eventWords } from '../timeline/event-words.ts';

/**
 * The order on paper: what it is, when and by whom it was printed, its messages, and every event with its exact time.
 * It is made when somebody prints, so that it says that time, and is nowhere else.
 */
export function OrderPrint({ order }: { order: Order }) {
  const printedAt = usePrintTime();
  return printedAt && <Sheet order={order} printedAt={printedAt} />;
}

function Sheet({ order, printedAt }: { order: Order; printedAt: Date }) {
  const text = useText();
  const user = useUser();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const diedBefore = new Set<string>();
  const storedAs = order.orderIds.join(', ');
  const facts = [
    { name: text('print.order'), value: order.orderId },
    { name: text('print.storedAs'), value: storedAs === order.orderId ? '' : storedAs },
    { name: text('print.printedAt'), value: `${recordTime(printedAt)} (${exactUtcTime(printedAt)})` },
    { name: text('print.printedBy'), value: user?.fullName ?? '' },
    { name: text('print.zone'), value: zone },
    {
      name: text('print.size'),
      value: [
        text('orders.summary', { count: order.messages.length }),
        text('print.events', { count: order.timeline.length }),
      ].join(', '),
    },
  ].filter(({ value }) => value !== '');
  return (
    <Box className="print-only" data-testid="print" sx={SHEET}>
      <h1>{text('print.title', { id: order.orderId })}</h1>
      <dl>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {!order.isWhole && <p>{text('print.notWhole', { total: order.messagesTotal })}</p>}
      <h2>{text('orders.messages')}</h2>
      <table>
        <thead>
          <tr>
            <th>{text('column.number')}</th>
            <th>{text('column.queue')}</th>
            <th>{text('column.status')}</th>
            <th>{text('column.capturedAt')}</th>
            <th>{text('column.failureCount')}</th>
            <th>{text('column.errorMessage')}</th>
          </tr>
        </thead>
        <tbody>
          {order.messages.map((message) => (
            <tr key={message.id}>
              <td className="whole">{message.id}</td>
              <td>{message.queue ?? message.deadQueue}</td>
              <td className="whole">{text(`status.${message.status}`)}</td>
              <td className="whole">{recordTime(new Date(message.capturedAt))}</td>
              <td>{message.failureCount}</td>
              <td>
                {[message.errorType ?? text(`reason.${message.reason}`), message.errorMessage]
                  .filter((part) => part !== null)
                  .join(': ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>{text('orders.timeline')}</h2>
      <table>
        <thead>
          <tr>
            <th>{text('column.when')}</th>
            <th>{text('print.message')}</th>
            <th>{text('column.what')}</th>
            <th>{text('column.who')}</th>
            <th>{text('column.details')}</th>
          </tr>
        </thead>
        <tbody>
          {order.timeline.map((entry, index) => {
            const again = entry.kind === 'died' && diedBefore.has(entry.messageId);
            if (entry.kind === 'died') diedBefore.add(entry.messageId);
            const { what, who, details } = eventWords(entry, again, text);
            return (
              <tr key={`${entry.at} ${entry.messageId} ${index}`}>
                <td className="whole">{recordTime(new Date(entry.at))}</td>
                <td className="whole">{entry.messageId}</td>
                <td>{what}</td>
                <td className="who">{who ?? '–'}</td>
                <td>
                  {details.map((detail) => (
                    <div key={detail}>{detail}</div>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p>{text('print.timesNote', { zone })}</p>
    </Box>
  );
}

/** When the browser last began to print; undefined before. */
function usePrintTime(): Date | undefined {
  const [at, setAt] = useState<Date>();
  useEffect(() => {
    const onPrint = () => {
      // The browser takes what is there when this returns.
      flushSync(() => {
        setAt(new Date());
      });
    };
    window.addEventListener('beforeprint', onPrint);
    return () => {
      window.removeEventListener('beforeprint', onPrint);
    };
  }, []);
  return at;
}

/** Black on white, whatever the screen looks like; no row is torn over two pages, and each page has the head of its table. */
const SHEET = {
  color: '#000',
  fontSize: '8.5pt',
  lineHeight: 1.4,
  '& h1': { fontSize: '14pt', m: 0, mb: '6pt', pb: '6pt', borderBottom: '1.5pt solid #000' },
  '& h2': { fontSize: '10.5pt', m: 0, mt: '14pt', mb: '4pt', breakAfter: 'avoid' },
  '& dl': { m: 0, display: 'grid', gridTemplateColumns: '3fr 2fr', columnGap: '16pt' },
  '& dl > div': { display: 'flex', gap: '6pt', py: '1.5pt' },
  '& dt': { flex: '0 0 72pt', color: '#444' },
  '& dd': { m: 0, overflowWrap: 'anywhere', fontWeight: 600 },
  '& table': { width: '100%', borderCollapse: 'collapse' },
  '& thead': { display: 'table-header-group' },
  '& tr': { breakInside: 'avoid' },
  '& th': {
    textAlign: 'left',
    fontWeight: 600,
    color: '#444',
    borderBottom: '1pt solid #000',
    p: '2pt 8pt 2pt 0',
    whiteSpace: 'nowrap',
  },
  '& td': { verticalAlign: 'top', borderBottom: '0.5pt solid #bbb', p: '3pt 8pt 3pt 0', overflowWrap: 'anywhere' },
  '& td.whole': { whiteSpace: 'nowrap' },
  // Broken inside a name only where that is very long.
  '& td.who': { minWidth: '64pt' },
  '& p': { color: '#444', mt: '8pt' },
};
