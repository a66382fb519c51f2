import type { Action } from '../../../../server/contract/operations.ts';
import type {
  NewOperation,
  OperationPreview,
  PreviewedOperation,
  Target,
} from '../../../../server/contract/schemas/operations.ts';
import type { ActSelection } from '../act-selection.ts';
import { destinations, plan, type Destination } from '../action-rules.ts';
import { usePreview } from './use-preview.ts';

/** What of the form decides who goes and where to. */
export interface Asked {
  action: Action;
  selection: ActSelection;
  target: Target;
  includeDuplicates: boolean;
  sendInexact: boolean;
  restoreCc: boolean;
  restoreExpiration: boolean;
  /** The drafts to be sent in place of the messages, by message id, in the versions that were shown. */
  draftVersions?: Readonly<Record<string, number>>;
}

/** What is known of an act before it is started. */
export interface Question {
  /** How many would go. Undefined until it is known. */
  count: number | undefined;
  /** There are more than `count`: nobody counted to the end. */
  isMore: boolean;
  /** How many are selected in a state that the act takes, with those that cannot go: what the office counts by. */
  selected: number;
  /** What is handed over; undefined as long as what is shown is not what would be done. */
  selection: NewOperation['selection'] | undefined;
  destinations: Destination[];
  preview: OperationPreview | undefined;
  leftOut: { wrongStatus: number; nowhereToGo: number; duplicates: number; sentBefore: number; maybeArrived: number };
  error: Error | null;
  askAgain: () => void;
}

/**
 * The question of the dialog, for messages that were ticked and for all that match a filter.
 *
 * | selection | who goes is known | and handed over as |
 * |---|---|---|
 * | messages | at once, by the messages themselves; the preview only adds what the broker says | ids |
 * | filter | by the preview alone: without one nothing can be started | filter, with the count that was shown |
 */
export function useQuestion(asked: Asked): Question {
  const { action, selection, target, includeDuplicates } = asked;
  const divided =
    selection.kind === 'messages' ? plan(action, selection.messages, target.kind, includeDuplicates) : undefined;
  const ids = divided?.goes.map(({ id }) => id) ?? [];
  const isAsked = selection.kind === 'filter' || ids.length > 0;
  const { answer, isCurrent, error, askAgain } = usePreview(
    isAsked ? previewOf(asked, selection.kind === 'filter' ? { filter: selection.filter } : { ids }) : null,
  );
  if (divided) {
    return {
      count: ids.length,
      isMore: false,
      selected: ids.length,
      selection: { ids },
      destinations: action === 'resend' ? destinations(divided.goes, target) : [],
      preview: answer,
      leftOut: {
        wrongStatus: divided.wrongStatus.length,
        nowhereToGo: divided.nowhereToGo.length,
        duplicates: divided.possibleDuplicates.filter((message) => !divided.goes.includes(message)).length,
        sentBefore: divided.sentBefore.length,
        maybeArrived: divided.maybeArrived.length,
      },
      error: null,
      askAgain,
    };
  }
  const selected = answer?.count ?? answer?.countAtLeast ?? 0;
  const leftOut = (answer?.notResendable ?? [])
    .filter(({ code }) => code !== 'item.wrongStatus')
    .reduce((sum, { count }) => sum + count, 0);
  return {
    count: answer && Math.max(0, selected - leftOut),
    isMore: answer?.count === null,
    selected,
    selection:
      selection.kind === 'filter' && isCurrent && answer && answer.upToId !== null
        ? {
            filter: selection.filter,
            upToId: answer.upToId,
            expectedCount: selected,
            ...(answer.count === null ? { atLeast: true } : {}),
          }
        : undefined,
    destinations: answer?.targets ?? [],
    preview: answer,
    leftOut: {
      wrongStatus: 0,
      nowhereToGo: 0,
      duplicates: answer?.notResendable.find(({ code }) => code === 'item.possibleDuplicate')?.count ?? 0,
      sentBefore: action === 'resend' ? (answer?.byStatus.resent ?? 0) + (answer?.byStatus.settled ?? 0) : 0,
      maybeArrived: action === 'resend' ? (answer?.byStatus.unknown ?? 0) : 0,
    },
    error,
    askAgain,
  };
}

function previewOf(asked: Asked, selection: PreviewedOperation['selection']): PreviewedOperation {
  const request: PreviewedOperation = { action: asked.action, selection };
  // It has to be one that could be started, and to handle by hand takes a reason; which one changes no count.
  if (asked.action === 'handle') request.reason = 'preview';
  if (asked.action !== 'resend') return request;
  request.target = asked.target;
  if (asked.includeDuplicates) request.includePossibleDuplicates = true;
  if (asked.sendInexact) request.sendInexact = true;
  if (asked.restoreCc && asked.target.kind !== 'queue') request.restoreCc = true;
  if (asked.restoreExpiration) request.restoreExpiration = true;
  if (asked.draftVersions) {
    // To send a draft takes a reason too.
    Object.assign(request, { edited: true, draftVersions: asked.draftVersions, reason: 'preview' });
  }
  return request;
}
