import { describe, expect, it } from 'vitest';

import { chartFrom, readChartView, writeChartView } from './chart-view.ts';

const read = (search: string) => readChartView(new URLSearchParams(search));

describe('What the chart shows', () => {
  it('stands in the address, as far as it is not as it is at first', () => {
    const view = { by: 'group', range: '7d', bucket: 'day', shape: 'table' } as const;
    expect(writeChartView(view).toString()).toBe('by=group&range=7d&bucket=day&shape=table');
    expect(read('by=group&range=7d&bucket=day&shape=table')).toEqual(view);
    expect(writeChartView(read('')).toString()).toBe('');
  });

  it('is as at first where the address makes no sense', () => {
    expect(read('by=exchange&range=1y&bucket=week')).toEqual(read(''));
    // A day has no bars of a day.
    expect(read('range=24h&bucket=day').bucket).toBe('hour');
    expect(read('range=90d&bucket=hour').bucket).toBe('day');
  });

  it('is as many bars as the range has, the running one among them', () => {
    const now = new Date('2026-11-22T03:10:42.000Z');
    expect(chartFrom({ range: '24h', bucket: 'hour' }, now)).toBe('2026-11-21T04:10:42.000Z');
    expect(chartFrom({ range: '7d', bucket: 'day' }, now)).toBe('2026-11-16T03:10:42.000Z');
  });
});
