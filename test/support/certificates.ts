import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Certificate {
  keyFile: string;
  certFile: string;
  key: Buffer;
  cert: Buffer;
}

/** An authority of this test's own, in a folder of its own, by openssl. */
export interface Authority {
  caFile: string;
  ca: Buffer;
  /** A certificate for these names; days below zero make one that has run out. */
  issue: (names: readonly string[], days?: number) => Certificate;
  remove: () => void;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function createAuthority(): Authority {
  const folder = mkdtempSync(path.join(tmpdir(), 'office-certificates-'));
  const file = (name: string) => path.join(folder, name);
  const openssl = (...command: string[]) => execFileSync('openssl', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  openssl('req', '-x509', ...NEW_KEY, '-keyout', file('ca.key'), '-out', file('ca.crt'), '-subj', '/CN=Test authority');
  let issued = 0;
  return {
    caFile: file('ca.crt'),
    ca: readFileSync(file('ca.crt')),
    issue: (names, days = 2) => {
      issued += 1;
      const [keyFile, request, certFile, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) =>
        file(`${issued}.${end}`),
      ) as [string, string, string, string];
      writeFileSync(
        extensions,
        `subjectAltName=${names.map((name) => (/^[\d.]+$/.test(name) ? 'IP:' : 'DNS:') + name).join(',')}`,
      );
      openssl('req', ...NEW_KEY, '-keyout', keyFile, '-out', request, '-subj', `/CN=${names[0] ?? ''}`);
      const signed = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', extensions];
      openssl('x509', '-req', '-in', request, ...signed, '-days', String(days), '-out', certFile);
      return { keyFile, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) };
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
