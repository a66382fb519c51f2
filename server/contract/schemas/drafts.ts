import { z } from 'zod';

import type { MessageProperties } from '../wire.ts';
import { edit, type Edit } from './edits.ts';
import { id } from './lists.ts';
import { properties, typedHeader, type TypedHeader } from './messages.ts';

/** A body in a request or an answer: text where its bytes are UTF-8, else base64. */
export const draftBody = z
  .strictObject({ encoding: z.enum(['utf8', 'base64']), text: z.string() })
  .meta({ id: 'DraftBody' });
export type DraftBody = z.infer<typeof draftBody>;

/** The parts of a message that can be edited. */
export const editableContents = z
  .strictObject({
    properties,
    headersTyped: z.array(typedHeader).meta({ description: 'Those that may be edited; see `locked`.' }),
    body: draftBody.nullable().meta({ description: 'Null: too large to be edited here; it stays as it is.' }),
  })
  .meta({ id: 'EditableContents' });
export type EditableContents = {
  properties: MessageProperties;
  headersTyped: TypedHeader[];
  body: DraftBody | null;
};

/** An edit with its contents. */
export const editWithContents = edit.extend({ contents: editableContents }).meta({ id: 'EditWithContents' });
export type EditWithContents = Edit & { contents: EditableContents };

/** An edit beside what it was made of. */
export const editWithOriginal = editWithContents
  .extend({
    original: editableContents.nullable().meta({
      description: 'The same parts as they failed, in the death that was edited. Null: removed after their term.',
    }),
  })
  .meta({ id: 'EditWithOriginal' });
export type EditWithOriginal = EditWithContents & { original: EditableContents | null };

/**
 * Why a header cannot be edited: a resend takes it off (the broker's bookkeeping, the framework's notes of the failure,
 * CC and BCC, whose queues had the message), or the office itself writes it.
 */
export const LOCKED_BECAUSE = ['broker', 'framework', 'copies', 'office'] as const;

/** Everything that an editor needs of one message. */
export const editing = z
  .strictObject({
    deathId: id.meta({ description: 'The latest death; a draft is made of its contents.' }),
    original: editableContents,
    locked: z.strictObject({
      headers: z.array(z.strictObject({ header: typedHeader, because: z.enum(LOCKED_BECAUSE) })),
      properties: z.array(z.string()),
    }),
    sensitive: z
      .strictObject({ headers: z.array(z.string()), properties: z.array(z.string()) })
      .meta({ description: 'Names that may be edited and that receivers or order look-ups go by.' }),
    draft: editWithContents.nullable(),
    mostBodyBytes: z.number().int().meta({ description: 'The largest body that can be edited.' }),
  })
  .meta({ id: 'Editing' });
export type Editing = Omit<z.infer<typeof editing>, 'original' | 'locked' | 'draft'> & {
  original: EditableContents;
  locked: {
    headers: { header: TypedHeader; because: (typeof LOCKED_BECAUSE)[number] }[];
    properties: string[];
  };
  draft: EditWithContents | null;
};

/**
 * A draft to be kept in place of the one there is. What is absent is as it failed. Headers and properties are read
 * strictly by the wire's own schemas, so only their outline is told here.
 */
export const newDraft = z
  .strictObject({
    body: draftBody.optional(),
    headersTyped: z.array(typedHeader).max(10_000).optional().meta({
      description: 'All headers that may be edited, in their order. Locked ones need not be there, and stay.',
    }),
    properties: properties.optional().meta({ description: 'All properties. `userId` stays as it is.' }),
    deathId: id.optional().meta({ description: 'The death that was shown: 409 when it has failed again since.' }),
    version: z.number().int().min(0).optional().meta({
      description: 'Of the draft that was shown, 0 where there was none: 409 when it is another by now.',
    }),
  })
  .meta({ id: 'NewDraft' });
export type NewDraft = z.infer<typeof newDraft>;
