import { describe, expect, it } from 'vitest';

import type { Header } from '../../../server/amqp/message.ts';
import { headerSources } from '../../../server/diagnosis/header-sources.ts';

const text = (name: string): Header => ({ name, type: 'string', value: 'x' });

describe('Where a header comes from', () => {
  it('is told in the order of the headers, repeated names included', () => {
    const headers = ['tenant', 'x-death', 'x-failure-type', 'x-dead-letter-office-id', 'tenant', '__proto__'].map(text);
    expect(headerSources(headers, ['x-failure-type'])).toEqual([
      'application',
      'broker',
      'framework',
      'office',
      'application',
      'application',
    ]);
  });

  it('is the framework for a table in which it keeps notes of the failure beside what stays', () => {
    const table = (name: string): Header => ({
      name,
      type: 'table',
      value: [{ name: 'attempts', type: 'int8', value: 3 }],
    });
    expect(headerSources([table('laravel'), table('other')], ['laravel.attempts', 'other.attempts'])).toEqual([
      'framework',
      'application',
    ]);
  });

  it('is the application for everything where nothing says otherwise', () => {
    expect(headerSources([text('x-attempt'), text('CC')], [])).toEqual(['application', 'application']);
  });
});
