import type { ItemError } from '../contract/errors.ts';
import type { InexactPart } from '../contract/inexact.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { OperationPreview } from '../contract/schemas/operations.ts';
import type { Destination } from '../messages/resendable.ts';

import { TargetMessages } from './preview-routes.ts';

/** Where some messages of a selection would go. */
export interface Target {
  destination: Destination;
  messages: TargetMessages;
}

/** What a preview tells of a selection before anybody else is asked. */
export interface JudgedSelection {
  count: number;
  /** False: there are more than `count`, or may be. */
  exact: boolean;
  /** Of a selection by filter: the latest death that it may reach. */
  upToId: string | null;
  byStatus: Partial<Record<MessageStatus, number>>;
  /** Why messages would be left out, and how many. */
  left: Map<ItemError, number>;
  targets: Target[];
  inexact: OperationPreview['inexact'];
  /** In which those that would go lie. */
  deadQueueIds: ReadonlySet<string>;
  /** Ids of a few that would go. */
  sample: string[];
}

/** Messages in the sample. */
export const SAMPLE = 5;
/** Kinds of parts that are named. */
const MOST_PARTS = 20;

/** Sums up what would become of messages. */
export class Judgement {
  readonly left = new Map<ItemError, number>();
  readonly #targets = new Map<string, Target>();
  readonly #parts = new Map<string, InexactPart>();
  #inexact = 0;

  leaveOut(code: ItemError, count = 1): void {
    this.left.set(code, (this.left.get(code) ?? 0) + count);
  }

  /** Of so many messages a part cannot be sent as it was. */
  noteInexact(parts: readonly InexactPart[], count = 1): void {
    this.#inexact += count;
    for (const part of parts) {
      if (this.#parts.size < MOST_PARTS) this.#parts.set(JSON.stringify(part), part);
    }
  }

  /** The messages that would go to one place. */
  messagesTo(destination: Destination): TargetMessages {
    const key = JSON.stringify([destination.exchange, destination.routingKey]);
    const target = this.#targets.get(key) ?? { destination, messages: new TargetMessages() };
    this.#targets.set(key, target);
    return target.messages;
  }

  get targets(): Target[] {
    return [...this.#targets.values()];
  }

  get inexact(): OperationPreview['inexact'] {
    return this.#inexact === 0 ? null : { count: this.#inexact, parts: [...this.#parts.values()] };
  }
}
