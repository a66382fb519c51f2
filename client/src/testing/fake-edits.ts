import type { Editing, EditableContents, EditWithContents, NewDraft } from '../../../server/contract/schemas/drafts.ts';
import type { ErrorCode } from '../../../server/contract/errors.ts';
import type { Edit, EditSummary } from '../../../server/contract/schemas/edits.ts';
import type { Message, MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { headerChanges, isReordered, propertyChanges } from '../messages/edit/changes.ts';
import { isSame } from '../messages/edit/same.ts';
import type { FakeOperation } from './fake-operations.ts';

/** One edit with what it was made of. */
interface FakeEdit {
  edit: EditWithContents;
  original: EditableContents;
}

/** The edits of a fake office, and its rules about them. A fault is answered by its code. */
export class FakeEdits {
  all: FakeEdit[] = [];
  /** Who saves. */
  author = 'operator';

  of(messageId: string): FakeEdit[] {
    return this.all.filter(({ edit }) => edit.messageId === messageId);
  }

  draftOf(messageId: string): EditWithContents | null {
    return this.of(messageId).find(({ edit }) => edit.operationId === null)?.edit ?? null;
  }

  editing(detail: MessageDetail): Editing {
    const sensitive = detail.headersTyped
      .filter(({ name }, index) => isOwn(detail, index) && /order|attempt|type/i.test(name))
      .map(({ name }) => name);
    return {
      deathId: latestDeath(detail),
      original: originalOf(detail),
      locked: {
        headers: lockedOf(detail),
        properties: ['userId'],
      },
      sensitive: { headers: sensitive, properties: ['replyTo', 'correlationId', 'type', 'contentType'] },
      draft: this.draftOf(detail.id),
      mostBodyBytes: 1024 * 1024,
    };
  }

  save(detail: MessageDetail, wanted: NewDraft): ErrorCode | undefined {
    const { original, deathId, locked } = this.editing(detail);
    const draft = this.draftOf(detail.id);
    if (!['pending', 'unknown', 'resent', 'settled'].includes(detail.status)) return 'draft.wrongStatus';
    if (wanted.deathId !== undefined && wanted.deathId !== deathId) return 'draft.outdated';
    if (wanted.version !== undefined && wanted.version !== (draft?.version ?? 0)) return 'draft.changed';
    const contents: EditableContents = {
      body: wanted.body ?? original.body,
      // As the wire's own schemas read them.
      headersTyped: (wanted.headersTyped as EditableContents['headersTyped'] | undefined) ?? original.headersTyped,
      properties: (wanted.properties as EditableContents['properties'] | undefined) ?? original.properties,
    };
    if (isSame(contents, original)) return 'draft.nothingChanged';
    if (contents.headersTyped.some(({ name }) => locked.headers.some(({ header }) => header.name === name))) {
      return 'draft.locked';
    }
    const now = new Date().toISOString();
    const edit: EditWithContents = {
      id: draft?.id ?? String(700 + this.all.length),
      messageId: detail.id,
      deathId,
      version: (draft?.version ?? 0) + 1,
      author: this.author,
      createdAt: draft?.createdAt ?? now,
      savedAt: now,
      outdated: false,
      changed: summary(original, contents),
      operationId: null,
      outcome: null,
      contents,
    };
    this.discard(detail.id);
    this.all.push({ edit, original });
    return undefined;
  }

  discard(messageId: string): boolean {
    const before = this.all.length;
    this.all = this.all.filter(({ edit }) => edit.messageId !== messageId || edit.operationId !== null);
    return this.all.length < before;
  }

  /** An operation takes the drafts of its messages, in the versions that were shown. */
  take(
    messages: readonly Message[],
    operationId: string,
    versions: Readonly<Record<string, number>>,
  ): ErrorCode | undefined {
    const drafts = messages.flatMap(({ id }) => this.draftOf(id) ?? []);
    if (drafts.some(({ messageId, version }) => (versions[messageId] ?? version) !== version)) return 'draft.changed';
    if (drafts.length < messages.length) return 'draft.changed';
    for (const draft of drafts) draft.operationId = operationId;
    return undefined;
  }

  /** Without contents, as a message's page has them; with what came of their operations. */
  listed(messageId: string, operations: readonly FakeOperation[]): Edit[] {
    return this.of(messageId).map(({ edit: { contents: _contents, ...edit } }) => ({
      ...edit,
      outcome: outcomeOf(edit, operations),
    }));
  }

  one(messageId: string, editId: string, operations: readonly FakeOperation[]) {
    const found = this.of(messageId).find(({ edit }) => edit.id === editId);
    return found && { ...found.edit, outcome: outcomeOf(found.edit, operations), original: found.original };
  }
}

function latestDeath({ id, failureCount }: MessageDetail): string {
  return `${id}${failureCount - 1}`;
}

function originalOf(detail: MessageDetail): EditableContents {
  const { properties, headersTyped, bodyPreview } = detail;
  return {
    // None of them is there as undefined.
    properties: properties as EditableContents['properties'],
    headersTyped: headersTyped.filter((_header, index) => isOwn(detail, index)),
    body: bodyPreview && { encoding: bodyPreview.encoding, text: bodyPreview.text },
  };
}

function outcomeOf({ messageId, operationId }: Edit, operations: readonly FakeOperation[]): Edit['outcome'] {
  const fake = operations.find(({ operation }) => operation.id === operationId);
  return fake?.items.find((item) => item.messageId === messageId)?.outcome ?? null;
}

function summary(before: EditableContents, after: EditableContents): EditSummary {
  const headers = headerChanges(before.headersTyped, after.headersTyped);
  const orders = [before, after].map(({ body }) => /"orderId":\s*"([^"]*)"/.exec(body?.text ?? '')?.slice(1) ?? []);
  const [was = [], is = []] = orders;
  return {
    body: !isSame(before.body, after.body),
    headers: {
      added: headers.filter((one) => one.before === undefined).map(({ name }) => name),
      removed: headers.filter((one) => one.after === undefined).map(({ name }) => name),
      changed: headers.filter((one) => one.before && one.after).map(({ name }) => name),
    },
    headersReordered: isReordered(before.headersTyped, after.headersTyped),
    properties: propertyChanges(before.properties, after.properties).map(({ name }) => name),
    keys: isSame(was, is) ? [] : [{ name: 'orderId', before: was, after: is }],
  };
}

function isOwn({ headerSources }: MessageDetail, index: number): boolean {
  return (headerSources[index] ?? 'application') === 'application';
}

/** What the broker, the framework and the office have put there. */
function lockedOf(detail: MessageDetail): Editing['locked']['headers'] {
  const locked = detail.headersTyped.flatMap((header, index) => {
    const source = detail.headerSources[index] ?? 'application';
    return source === 'application' ? [] : [{ header, because: source }];
  });
  const mark = { name: 'x-dead-letter-office-id', type: 'string', value: `7-${detail.id}` } as const;
  return [...locked, { header: mark, because: 'office' }];
}
