import { noticeSchema } from './cancellation.ts';
import type { Notice } from './cancellation.ts';
import type { Faults } from './faults.ts';
import { readBody } from './message-body.ts';
import type { Names } from './topology.ts';
import type { Task } from './worker.ts';
import { WorkerError } from './worker-error.ts';

/** What customers read, by template and language. */
const TEMPLATES: Record<string, Record<Notice['locale'], string>> = {
  CANCEL_ACCEPTED: {
    ko: '{name}님, 주문 {orderId}의 취소가 접수되었습니다.',
    en: 'Dear {name}, we have received the cancellation of order {orderId}.',
  },
  CANCEL_ACCEPTED_VIP: {
    ko: '{name} 고객님, 주문 {orderId}의 취소를 전담 상담원이 바로 처리해 드리겠습니다.',
    en: 'Dear {name}, your personal adviser is taking care of the cancellation of order {orderId}.',
  },
  REFUND_DONE: {
    ko: '{name}님, 주문 {orderId}의 환불 {amount}이 완료되었습니다.',
    en: 'Dear {name}, {amount} for order {orderId} has been refunded.',
  },
};

/** What the notification workers do: look up the template, fill it in, check the number, and "send" it: nothing leaves. */
export function notificationTasks(names: Names, faults: Faults): Task[] {
  const { routes, deadQueues, delays } = names;
  const shared = { deadQueue: deadQueues.notice, delays: delays.notice, prefetch: 20 };
  const isKnown = (template: string) => template !== 'CANCEL_ACCEPTED_VIP' || !faults.isBroken('template');
  const handle: Task['handle'] = (message) => {
    const notice = readBody(message.content, noticeSchema);
    composeNotice(notice, isKnown);
    return Promise.resolve({ orderIds: [notice.orderId] });
  };
  return [
    { ...shared, queue: routes.notice.queue, handle: async (message) => handle(message) },
    {
      ...shared,
      queue: routes.talk.queue,
      // Whatever is resent at once is in hand at once: waiting here is what kills a talk notice.
      prefetch: 1_000,
      enabled: () => !faults.isBroken('talk-sender'),
      handle: async (message) => handle(message),
    },
  ];
}

/** The text to send, or the error that says why there is none. */
export function composeNotice(notice: Notice, isKnown: (template: string) => boolean): string {
  const text = isKnown(notice.template) ? TEMPLATES[notice.template]?.[notice.locale] : undefined;
  if (text === undefined) {
    const message = `알림 템플릿을 찾을 수 없습니다 (no such template): ${notice.template} [${notice.locale}]`;
    throw new WorkerError('TemplateNotFoundError', 'dead', message);
  }
  const digits = notice.to.replace(/\D/g, '');
  if (digits.length < 9 || digits.length > 15) {
    throw new WorkerError('InvalidPhoneNumberError', 'dead', 'The phone number cannot be called');
  }
  return text.replace(/\{(\w+)\}/g, (_placeholder, name: string) => notice.values[name] ?? '');
}
