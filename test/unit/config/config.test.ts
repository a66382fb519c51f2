import { describe, expect, it } from 'vitest';

import { ConfigError, readConfig } from '../../../server/config.ts';

const needed = { AMQP_URL: 'amqp://u:secret@broker/vhost', DATABASE_URL: 'mysql://u:secret@db:3307/office' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has defaults for everything but the two addresses', () => {
    const config = readConfig(needed);
    expect(config).toMatchObject({
      deadQueues: [],
      managementUrl: null,
      http: { host: '127.0.0.1', port: 8080 },
      administrator: { username: 'admin', password: null },
      intakeJournalDir: './journal',
      quietPeriodMs: 900_000,
      logLevel: 'info',
    });
    expect(config.businessKeys.map(({ name }) => name)).toEqual(['orderId']);
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ ...needed, HTTP_PORT: '', DEAD_QUEUES: '' }).http.port).toBe(8080);
  });

  it('reads lists without blanks and repetitions', () => {
    expect(readConfig({ ...needed, DEAD_QUEUES: ' a, b ,,a' }).deadQueues).toEqual(['a', 'b']);
  });

  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['250ms', 250],
  ])('reads a duration: %s', (text, ms) => {
    expect(readConfig({ ...needed, QUIET_PERIOD: text }).quietPeriodMs).toBe(ms);
  });

  it('reads the intake settings that are given, and only those', () => {
    expect(readConfig(needed).intake).toEqual({});
    expect(readConfig({ ...needed, INTAKE_PREFETCH: '50', INTAKE_BATCH_MS: '0' }).intake).toEqual({
      prefetch: 50,
      batchMs: 0,
    });
    expect(problemsOf({ ...needed, INTAKE_PREFETCH: '0', INTAKE_BATCH_BYTES: '8m' })).toEqual([
      'INTAKE_PREFETCH: must be a whole number from 1 to 65535.',
      'INTAKE_BATCH_BYTES: must be a whole number from 1024 to 268435456.',
    ]);
  });

  it('lists every problem at once, by variable, without secrets', () => {
    const problems = problemsOf({
      AMQP_URL: 'http://u:secret@broker',
      DATABASE_URL: 'mysql://u:secret@db',
      HTTP_PORT: '80800',
      QUIET_PERIOD: 'soon',
      LOG_LEVEL: 'loud',
      ADMIN_PASSWORD: 'short',
      RABBITMQ_MANAGEMENT_URL: 'nowhere',
      BUSINESS_KEYS: 'orderId',
    });
    for (const variable of [
      'AMQP_URL',
      'DATABASE_URL',
      'HTTP_PORT',
      'QUIET_PERIOD',
      'LOG_LEVEL',
      'ADMIN_PASSWORD',
      'RABBITMQ_MANAGEMENT_URL',
      'BUSINESS_KEYS',
    ]) {
      expect(
        problems.filter((problem) => problem.startsWith(`${variable}:`)),
        variable,
      ).not.toEqual([]);
    }
    expect(problems.join(' ')).not.toContain('secret');
    expect(problems.join(' ')).not.toContain('short');
  });

  it('names what is missing', () => {
    expect(problemsOf({})).toEqual(['AMQP_URL is missing.', 'DATABASE_URL is missing.']);
  });
});
