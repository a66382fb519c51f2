import { z } from 'zod';

import { time } from './lists.ts';

const days = z.number().int().min(1).max(36_500);

const values = {
  reasonRequiredFrom: z
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .nullable()
    .meta({ description: 'An operation on so many messages or more needs a reason. Null: none does.' }),
  largeOperationFrom: z.number().int().min(1).max(1_000_000_000).nullable().meta({
    description: 'An operation on so many messages or more takes `operations.large`. Null: none does.',
  }),
  approvalFrom: z.number().int().min(1).max(1_000_000_000).nullable().meta({
    description: 'An operation on so many messages or more waits for a second person. Null: none does by its size.',
  }),
  contentsKeptDays: days.meta({
    description: 'Bodies, headers and properties are removed so long after a message settled, was handled or deleted.',
  }),
  recordsKeptDays: days
    .nullable()
    .meta({ description: 'The same for whole records with their history. Null: they are kept.' }),
};

/** Runtime switches: every process follows a change within two seconds, with no deploy. */
export const settings = z
  .strictObject({
    resendsFrozen: z
      .strictObject({ reason: z.string(), by: z.string(), since: time })
      .nullable()
      .meta({ description: 'While it is set no message is resent, on any instance.' }),
    ...values,
  })
  .meta({ id: 'Settings' });
export type Settings = z.infer<typeof settings>;

export const settingsChange = z
  .strictObject({
    resendsFrozen: z
      .strictObject({ reason: z.string().trim().min(1).max(500) })
      .nullable()
      .optional()
      .meta({
        description: 'Null: resends go on. An operator may change this; everything else is for administrators.',
      }),
    reasonRequiredFrom: values.reasonRequiredFrom.optional(),
    largeOperationFrom: values.largeOperationFrom.optional(),
    approvalFrom: values.approvalFrom.optional(),
    contentsKeptDays: values.contentsKeptDays.optional(),
    recordsKeptDays: values.recordsKeptDays.optional(),
  })
  .meta({ id: 'SettingsChange' });
export type SettingsChange = z.infer<typeof settingsChange>;
