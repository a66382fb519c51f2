import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConfigError, readConfig, readDatabaseConfig } from '../../../server/config.ts';
import { createAuthority, type Authority } from '../../support/certificates.ts';

const needed = { AMQP_URL: 'amqp://u:secret@broker/vhost', DATABASE_URL: 'mysql://u:secret@db:3307/office' };
let folder: string;
let authority: Authority;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'office-config-'));
  authority = createAuthority();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  authority.remove();
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function fileWith(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('A variable whose value is in a file', () => {
  it('is read from there, without the line break at its end', () => {
    const config = readConfig({
      AMQP_URL_FILE: fileWith('amqp', `${needed.AMQP_URL}\n`),
      DATABASE_URL_FILE: fileWith('database', needed.DATABASE_URL),
      ADMIN_PASSWORD_FILE: fileWith('password', 'correct horse battery\r\n'),
    });
    expect(config).toMatchObject({ amqpUrl: needed.AMQP_URL, databaseUrl: needed.DATABASE_URL });
    expect(config.administrator.password).toBe('correct horse battery');
    expect(readDatabaseConfig({ DATABASE_URL_FILE: path.join(folder, 'database') }).databaseUrl).toBe(
      needed.DATABASE_URL,
    );
  });

  it('that cannot be read, is there twice, or is wrong, is said without what is in it', () => {
    const missing = path.join(folder, 'missing');
    const wrong = fileWith('wrong', 'secret-of-ours');
    expect(problemsOf({ ...needed, ADMIN_PASSWORD_FILE: missing })).toEqual([
      `ADMIN_PASSWORD_FILE: ${missing} cannot be read (ENOENT).`,
    ]);
    expect(problemsOf({ ...needed, AMQP_URL_FILE: wrong })).toEqual([
      'AMQP_URL and AMQP_URL_FILE are both set: one of them, please.',
    ]);
    expect(problemsOf({ DATABASE_URL: needed.DATABASE_URL, AMQP_URL_FILE: missing })).toEqual([
      `AMQP_URL_FILE: ${missing} cannot be read (ENOENT).`,
    ]);
    const said = problemsOf({ AMQP_URL_FILE: wrong, DATABASE_URL_FILE: wrong }).join('\n');
    expect(said).toMatch(/AMQP_URL: must be a URL/);
    expect(said).not.toContain('secret-of-ours');
  });
});

describe('How everything travels', () => {
  it('is in the clear and without a proxy where nothing is said', () => {
    expect(readConfig(needed)).toMatchObject({
      publicUrl: null,
      trustProxy: null,
      tls: null,
      amqpTls: {},
      databaseTls: null,
    });
  });

  it.each([
    ['1', 1],
    ['10.0.0.0/8, ::1,loopback', ['10.0.0.0/8', '::1', 'loopback']],
  ])('takes proxies by number or address: %s', (text, trusted) => {
    expect(readConfig({ ...needed, TRUST_PROXY: text }).trustProxy).toEqual(trusted);
  });

  it.each(['0', 'true', '10', '0.0.0.0/0', '10.0.0.0/33', 'proxy.example.com', '10.0.0.1/8/9', ','])(
    'refuses the proxy %s',
    (text) => {
      expect(problemsOf({ ...needed, TRUST_PROXY: text })).toEqual([
        expect.stringMatching(/^TRUST_PROXY: must be the number/),
      ]);
    },
  );

  it('takes an origin alone for the public address', () => {
    expect(readConfig({ ...needed, PUBLIC_URL: 'https://desk.example.com/' }).publicUrl).toBe(
      'https://desk.example.com',
    );
    for (const url of ['https://desk.example.com/office', 'desk.example.com', 'ftp://desk', 'https://u:p@desk']) {
      expect(problemsOf({ ...needed, PUBLIC_URL: url })).toEqual([
        expect.stringMatching(/^PUBLIC_URL: must be an origin alone/),
      ]);
    }
  });

  it('verifies the database where an authority is given, and never by an address', () => {
    const withCa = { ...needed, DATABASE_CA_FILE: authority.caFile };
    expect(readConfig(withCa).databaseTls).toMatchObject({ verified: true, ca: authority.ca });
    expect(readConfig({ ...needed, DATABASE_TLS: 'required' }).databaseTls).toEqual({ verified: false });
    expect(problemsOf({ ...withCa, DATABASE_TLS: 'off' })).toHaveLength(1);
    expect(problemsOf({ ...withCa, DATABASE_URL: 'mysql://u:secret@10.0.0.1/office' })).toEqual([
      expect.stringMatching(/needs the name of the server/),
    ]);
    expect(problemsOf({ ...needed, DATABASE_TLS: 'yes' })).toEqual([
      'DATABASE_TLS: must be one of off, required, verify.',
    ]);
  });

  it('wants key and certificate together, readable, fitting, and used', () => {
    const [one, other] = [authority.issue(['office']), authority.issue(['office'])];
    expect(problemsOf({ ...needed, TLS_KEY_FILE: one.keyFile })).toEqual([
      'TLS_KEY_FILE and TLS_CERT_FILE belong together: both, or none.',
    ]);
    const amqps = { ...needed, AMQP_URL: 'amqps://u:secret@broker' };
    expect(readConfig({ ...amqps, AMQP_CERT_FILE: one.certFile, AMQP_KEY_FILE: one.keyFile }).amqpTls).toEqual({
      cert: one.cert,
      key: one.key,
    });
    expect(problemsOf({ ...amqps, AMQP_CERT_FILE: one.certFile, AMQP_KEY_FILE: other.keyFile })).toEqual([
      expect.stringMatching(/no PEM certificates and key that fit/),
    ]);
    expect(problemsOf({ ...amqps, AMQP_CERT_FILE: one.certFile })).toEqual([
      'AMQP_CERT_FILE and AMQP_KEY_FILE belong together: both, or none.',
    ]);
    expect(problemsOf({ ...needed, AMQP_CA_FILE: authority.caFile })).toEqual([
      expect.stringMatching(/neither is asked for/),
    ]);
  });
});
