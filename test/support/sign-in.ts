import supertest from 'supertest';

import { hashPassword } from '../../server/access/passwords.ts';
import type { Role } from '../../server/contract/access.ts';
import type { Database } from '../../server/database/connect.ts';
import type { TestOffice } from './office.ts';

/** Makes a user of that role, and signs them in. */
export async function signInAs(
  office: TestOffice,
  database: Database,
  { username, role, scope = null }: { username: string; role: Role; scope?: string[] | null },
): Promise<TestOffice['api']> {
  await database('users').insert({
    username,
    role,
    scope: scope === null ? null : JSON.stringify(scope),
    password_hash: await hashPassword('correct horse'),
    created_at: database.raw('UTC_TIMESTAMP(3)'),
  });
  const api = supertest.agent(office.url);
  await api.post('/api/session').send({ username, password: 'correct horse' }).expect(201);
  return api;
}
