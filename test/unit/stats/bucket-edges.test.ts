import { describe, expect, it } from 'vitest';

import { bucketEdges, dayOf, hourOf } from '../../../server/stats/bucket-edges.ts';

const edges = (bucket: 'hour' | 'day', from: string, to: string, timeZone = 'UTC', most = 750) =>
  bucketEdges({ bucket, from: new Date(from), to: new Date(to), timeZone }, most)?.map((edge) =>
    edge.toISOString().slice(0, 16),
  );

describe('Buckets', () => {
  it('cover the range by whole hours', () => {
    expect(edges('hour', '2026-11-22T01:10:00Z', '2026-11-22T03:00:00Z')).toEqual([
      '2026-11-22T01:00',
      '2026-11-22T02:00',
      '2026-11-22T03:00',
    ]);
    expect(edges('hour', '2026-11-22T01:10:00Z', '2026-11-22T01:11:00Z')).toEqual([
      '2026-11-22T01:00',
      '2026-11-22T02:00',
    ]);
  });

  it('cover it by days of the time zone', () => {
    expect(edges('day', '2026-11-22T01:10:00Z', '2026-11-23T16:00:00Z', 'Asia/Seoul')).toEqual([
      '2026-11-21T15:00',
      '2026-11-22T15:00',
      '2026-11-23T15:00',
      '2026-11-24T15:00',
    ]);
  });

  it('have days of 25 and of 23 hours where the clocks change', () => {
    expect(edges('day', '2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z', 'America/New_York')).toEqual([
      '2026-10-31T04:00',
      '2026-11-01T04:00',
      '2026-11-02T05:00',
      '2026-11-03T05:00',
    ]);
    expect(edges('day', '2026-03-08T12:00:00Z', '2026-03-09T12:00:00Z', 'America/New_York')).toEqual([
      '2026-03-08T05:00',
      '2026-03-09T04:00',
      '2026-03-10T04:00',
    ]);
  });

  it('begin a day with the first whole UTC hour in it, where days begin at half past', () => {
    expect(edges('day', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00Z', 'Asia/Kolkata')).toEqual([
      '2026-11-21T19:00',
      '2026-11-22T19:00',
      '2026-11-23T19:00',
    ]);
    expect(dayOf(hourOf(new Date('2026-11-22T18:45:00Z')), 'Asia/Kolkata').toISOString()).toBe(
      '2026-11-21T19:00:00.000Z',
    );
  });

  it('go past a day that a zone left out', () => {
    expect(edges('day', '2011-12-29T12:00:00Z', '2011-12-30T12:00:00Z', 'Pacific/Apia')).toEqual([
      '2011-12-29T10:00',
      '2011-12-30T10:00',
      '2011-12-31T10:00',
    ]);
  });

  it('are not made beyond what was allowed, however far the range goes', () => {
    expect(edges('hour', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', 'UTC', 24)).toHaveLength(25);
    expect(edges('hour', '2026-11-01T00:00:00Z', '2026-11-02T00:00:01Z', 'UTC', 24)).toBeUndefined();
    expect(edges('day', '2026-11-01T00:00:00Z', '2026-11-04T00:00:00Z', 'UTC', 3)).toHaveLength(4);
    expect(edges('day', '2026-11-01T00:00:00Z', '2026-11-04T00:00:01Z', 'UTC', 3)).toBeUndefined();
    expect(edges('day', '0001-01-01T00:00:00Z', '9999-01-01T00:00:00Z')).toBeUndefined();
  });
});
