import type { List } from '../../server/contract/schemas/lists.ts';
import type { MaskingRule } from '../../server/contract/schemas/masking.ts';

import type { TestOffice } from './office.ts';

/** Says why its raw body, its editor and its edits are wanted, which opens them to this user. */
export async function reveal(api: TestOffice['api'], messageId: string): Promise<void> {
  await api.post(`/api/messages/${messageId}/reveal`).send({ reason: 'a test looks' }).expect(200);
}

/** For tests about something else, whose bodies are not text or look like somebody's. */
export async function switchMasksOff(api: TestOffice['api']): Promise<void> {
  const rules = (await api.get('/api/masking-rules').expect(200)).body as List<MaskingRule>;
  for (const { id, version } of rules.data) {
    await api.patch(`/api/masking-rules/${id}`).send({ version, enabled: false }).expect(200);
  }
}
