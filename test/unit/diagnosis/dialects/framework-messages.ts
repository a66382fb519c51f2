import type { HeaderTable } from '../../../../server/amqp/message.ts';
import { array, header, int64, table } from '../dead-messages.ts';

/** Dead messages as the frameworks write them, in the wire types of their clients. */

export const springTrace = `org.springframework.amqp.rabbit.support.ListenerExecutionFailedException: Listener method 'public void com.acme.OrderListener.handle(com.acme.OrderCreated)' threw exception
	at org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:286)
	at java.base/java.lang.Thread.run(Thread.java:1583)
Caused by: java.lang.IllegalStateException: Order 42 has no currency
	at com.acme.OrderListener.handle(OrderListener.java:42)
	... 12 more
`;

export const springHeaders: HeaderTable = [
  header('x-exception-message', 'Order 42 has no currency'),
  header('x-exception-stacktrace', springTrace),
  header('x-original-exchange', 'orders'),
  header('x-original-routingKey', 'order.created'),
  header('retry-count', int64(3)),
  header('__TypeId__', 'com.acme.OrderCreated'),
];

/** As `RabbitMqErrorTransport` writes them; the count is a number on the wire. */
export const massTransitHeaders: HeaderTable = [
  header('MT-Activity-Id', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
  header('tenant', 'acme'),
  header('MT-Reason', 'fault'),
  header('MT-Fault-ExceptionType', 'System.InvalidOperationException'),
  header('MT-Fault-Message', 'No currency'),
  header(
    'MT-Fault-StackTrace',
    '   at Acme.OrderConsumer.Consume(ConsumeContext`1 context) in /src/OrderConsumer.cs:line 42',
  ),
  header('MT-Fault-Timestamp', '2026-11-22T07:00:00.1234567Z'),
  header('MT-Fault-InputAddress', 'rabbitmq://rabbit/prod/order-service'),
  header('MT-Fault-ConsumerType', 'Acme.OrderConsumer'),
  header('MT-Fault-MessageType', 'Acme.OrderCreated'),
  header('MT-Fault-RetryCount', { type: 'int32', value: 3 }),
  header('MT-Host-MachineName', 'web-1'),
  header('MT-Host-ProcessName', 'Acme.Orders'),
  header('MT-Host-ProcessId', '7'),
  header('MT-Host-Assembly', 'Acme.Orders'),
  header('MT-Host-AssemblyVersion', '1.0.0.0'),
  header('MT-Host-MassTransitVersion', '8.5.8.0'),
  header('MT-Host-FrameworkVersion', '8.0.11'),
  header('MT-Host-OperatingSystemVersion', 'Unix 6.1.0.0'),
];

export const nServiceBusHeaders: HeaderTable = [
  header('NServiceBus.MessageId', '5b1c4f6e-6b3a-4c1e-8d2b-b3a5016c7a10'),
  header('NServiceBus.MessageIntent', 'Send'),
  header('NServiceBus.EnclosedMessageTypes', 'Acme.PlaceOrder, Acme.Contracts'),
  header('NServiceBus.ContentType', 'application/json'),
  header('NServiceBus.ProcessingEndpoint', 'Sales'),
  header('NServiceBus.FailedQ', 'Sales'),
  header('NServiceBus.TimeOfFailure', '2026-11-22 07:00:00:123456 Z'),
  header('NServiceBus.ExceptionInfo.ExceptionType', 'System.Exception'),
  header('NServiceBus.ExceptionInfo.InnerExceptionType', 'System.IO.IOException'),
  header('NServiceBus.ExceptionInfo.HelpLink', { type: 'void', value: null }),
  header('NServiceBus.ExceptionInfo.Message', 'boom'),
  header('NServiceBus.ExceptionInfo.Source', 'Sales'),
  header(
    'NServiceBus.ExceptionInfo.StackTrace',
    'System.Exception: boom\n   at Acme.PlaceOrderHandler.Handle(PlaceOrder message)',
  ),
  header('NServiceBus.ExceptionInfo.Data.Message type', 'Acme.PlaceOrder'),
  header('NServiceBus.Retries.Timestamp', '2026-11-22 06:59:00:000000 Z'),
];

/** As kombu writes a task; all numbers are 32 bit. */
export const celeryHeaders: HeaderTable = [
  header('lang', 'py'),
  header('task', 'orders.tasks.cancel_order'),
  header('id', '6d1f5d2e-6c0e-4f52-a0a4-0a6f0e7f3f10'),
  header('shadow', { type: 'void', value: null }),
  header('eta', { type: 'void', value: null }),
  header('expires', { type: 'void', value: null }),
  header('retries', { type: 'int32', value: 2 }),
  header('timelimit', array({ type: 'int32', value: 300 }, { type: 'int32', value: 240 })),
  header('root_id', '6d1f5d2e-6c0e-4f52-a0a4-0a6f0e7f3f10'),
  header('parent_id', { type: 'void', value: null }),
  header('argsrepr', "('ORD-20261122-000123',)"),
  header('kwargsrepr', '{}'),
  header('origin', 'gen7@worker-1'),
  header('ignore_result', { type: 'boolean', value: false }),
];

/** As lodash sets the path by the queue's name: a dot in it opens a table. */
export const rascalHeaders: HeaderTable = [
  header('tenant', 'acme'),
  header(
    'rascal',
    table({
      originalQueue: 'orders.business',
      originalVhost: '/',
      redeliveries: { type: 'int8', value: 0 },
      recovery: table({
        orders: table({
          business: table({
            republished: { type: 'int8', value: 5 },
            immediateNack: { type: 'boolean', value: true },
            xDeath: table({ count: int64(1), queue: 'orders.business', reason: 'rejected' }),
          }),
        }),
      }),
      originalExchange: 'orders',
      originalRoutingKey: 'order.cancel',
      error: table({ message: 'connect ECONNREFUSED 10.0.0.7:443', code: 'ECONNREFUSED' }),
      restoreRoutingHeaders: { type: 'boolean', value: true },
    }),
  ),
];

export const rebusDetails = `System.AggregateException: One or more errors occurred. (No currency)
 ---> System.InvalidOperationException: No currency
   at Acme.Orders.OrderHandler.Handle(OrderCreated message) in /src/OrderHandler.cs:line 42
   --- End of inner exception stack trace ---`;

export const rebusHeaders: HeaderTable = [
  header('rbs2-msg-id', '7a1f7c0e-5d0b-4b5a-9c86-2f7c6f6f1f10'),
  header('rbs2-msg-type', 'Acme.Orders.OrderCreated, Acme.Orders'),
  header('rbs2-intent', 'pub'),
  header('rbs2-senttime', '2026-11-22T06:59:00.0000000+00:00'),
  header('rbs2-source-queue', 'orders'),
  header('rbs2-error-details', `5 unhandled exceptions: ${rebusDetails}`),
  header('rbs2-delivery-count', '5'),
];

export const wolverineHeaders: HeaderTable = [
  header('message-type', 'Acme.OrderCreated'),
  header('attempts', '3'),
  header('exception-type', 'System.InvalidOperationException'),
  header('exception-message', 'No currency'),
  header('exception-stack', '   at Acme.OrderHandler.Handle(OrderCreated message)... (truncated)'),
  header('failed-at', '1795330800123'),
  header('original-destination', 'rabbitmq://queue/orders'),
];

export const moleculerHeaders: HeaderTable = [
  header('x-original-channel', 'order.cancelled'),
  header('x-original-group', 'notifications'),
  header('x-error-message', 'Mail server said no'),
  header('x-error-code', '500'),
  header('x-error-name', 'MoleculerError'),
  header('x-error-type', 'MAIL_REFUSED'),
  header('x-error-retryable', 'false'),
  header('x-error-timestamp', '1795330800123'),
  header('x-error-stack', Buffer.from('MoleculerError: 메일\n    at send (/app/mail.js:4:2)').toString('base64')),
  header('x-error-data', Buffer.from('{"to":"a@b.c"}').toString('base64')),
  header('x-redelivered-count', { type: 'int8', value: 3 }),
];

const stamp = 'X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\';

export const symfonyHeaders: HeaderTable = [
  header('type', 'App\\Message\\SmsNotification'),
  header(`${stamp}BusNameStamp`, '[{"busName":"messenger.bus.default"}]'),
  header(
    `${stamp}ErrorDetailsStamp`,
    JSON.stringify([
      { exceptionClass: 'LogicException', exceptionCode: 0, exceptionMessage: 'of an earlier try' },
      {
        exceptionClass: 'RuntimeException',
        exceptionCode: 0,
        exceptionMessage: 'SMS gateway said 503',
        flattenException: {
          class: 'RuntimeException',
          trace: [],
          trace_as_string: '#0 /app/src/SmsHandler.php(42): App\\SmsGateway->send()',
        },
      },
    ]),
  ),
  header(`${stamp}SentToFailureTransportStamp`, '[{"originalReceiverName":"async"}]'),
  header(`${stamp}DelayStamp`, '[{"delay":4000}]'),
  header(
    `${stamp}RedeliveryStamp`,
    '[{"retryCount":3,"redeliveredAt":"2026-11-22T06:59:00+00:00"},{"retryCount":0,"redeliveredAt":"2026-11-22T07:00:00+00:00"}]',
  ),
];

/** As php-amqplib writes an integer. */
export const laravelHeaders: HeaderTable = [header('laravel', table({ attempts: { type: 'int32', value: 2 } }))];

export const dramatiqTraceback = `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/dramatiq/worker.py", line 487, in process_message
    res = actor(*message.args, **message.kwargs)
  File "/app/orders/tasks.py", line 42, in cancel_order
    raise NoCurrency("order 42 has no currency")
orders.errors.NoCurrency: order 42 has no currency
`;

export const dramatiqBody = {
  queue_name: 'orders',
  actor_name: 'cancel_order',
  args: ['ORD-20261122-000123'],
  kwargs: {},
  options: { retries: 3, max_retries: 3, traceback: dramatiqTraceback },
  message_id: '2f1f7c0e-5d0b-4b5a-9c86-2f7c6f6f1f10',
  message_timestamp: 1795330000123,
};

export const nestjsBody = { pattern: 'order.cancel', data: { orderId: 'ORD-20261122-000123' } };

const retryInfo = {
  error: 'reject',
  num_attempts: 4,
  failed_at: '2026-11-22T07:00:00+00:00',
  error_class: 'RuntimeError',
  error_message: 'SMS gateway said 503',
};

export const sneakersHeaders: HeaderTable = [
  header(
    'retry_info',
    JSON.stringify({
      ...retryInfo,
      properties: { content_type: 'application/json', headers: { tenant: 'acme' } },
      backtrace: ["/app/lib/sms_worker.rb:42:in 'work'", "/usr/lib/ruby/gems/kicks/worker.rb:7:in 'process_work'"],
    }),
  ),
];

/** Of Sneakers up to 2.11: the failed message is in it. */
export const sneakersBody = {
  ...retryInfo,
  payload: Buffer.from('{"orderId":"ORD-20261122-000123"}').toString('base64'),
  properties: Buffer.from('{"content_type":"application/json"}').toString('base64'),
  backtrace: "/app/lib/sms_worker.rb:42:in `work', /usr/lib/ruby/gems/sneakers/worker.rb:7:in `process_work'",
};

export const easyNetQBody = {
  RoutingKey: 'order.created',
  Exchange: 'orders',
  Queue: 'orders.billing',
  Exception: 'System.InvalidOperationException: No currency\n   at Acme.OrderConsumer.Consume(OrderCreated message)',
  Message: '{"OrderId":"ORD-20261122-000123"}',
  DateTime: '2026-11-22T07:00:00.1234567Z',
  BasicProperties: { Type: 'Acme.OrderCreated, Acme', DeliveryMode: 2 },
};

export const capHeaders: HeaderTable = [
  header('cap-msg-id', '1855555555555555555'),
  header('cap-msg-name', 'order.created'),
  header('cap-msg-group', 'orders.v1'),
  header('cap-msg-type', 'Order'),
  header('cap-senttime', '11/22/2026 07:00:00'),
  header('cap-corr-id', '1855555555555555555'),
  header('cap-corr-seq', '0'),
];

/** One of each, for the tests that forge and break them. */
export const frameworkHeaders: HeaderTable[] = [
  springHeaders,
  massTransitHeaders,
  nServiceBusHeaders,
  celeryHeaders,
  rascalHeaders,
  rebusHeaders,
  wolverineHeaders,
  moleculerHeaders,
  symfonyHeaders,
  laravelHeaders,
  sneakersHeaders,
  capHeaders,
];

/** Of those that are known by their bodies. */
export const frameworkBodies: unknown[] = [dramatiqBody, nestjsBody, sneakersBody, easyNetQBody];

/** What PHP's `serialize` writes, for the few kinds of value that Symfony's stamps hold. */
const php = {
  text: (value: string) => `s:${Buffer.byteLength(value)}:"${value}";`,
  object: (className: string, fields: Record<string, string>) =>
    `O:${className.length}:"${className}":${Object.keys(fields).length}:{${Object.entries(fields)
      .map(([name, value]) => `${php.text(`\0${className}\0${name}`)}${value}`)
      .join('')}}`,
  list: (...items: string[]) => `a:${items.length}:{${items.map((item, at) => `i:${at};${item}`).join('')}}`,
  map: (entries: Record<string, string>) =>
    `a:${Object.keys(entries).length}:{${Object.entries(entries)
      .map(([name, value]) => `${php.text(name)}${value}`)
      .join('')}}`,
  date: (date: string, zone: string) =>
    `O:17:"DateTimeImmutable":3:{s:4:"date";s:26:"${date}";s:13:"timezone_type";i:3;s:8:"timezone";${php.text(zone)}}`,
};
const phpStamp = (name: string) => `Symfony\\Component\\Messenger\\Stamp\\${name}Stamp`;
const flattenException = 'Symfony\\Component\\ErrorHandler\\Exception\\FlattenException';

const flattened = (message: string, trace: string, previous: string) =>
  php.object(flattenException, { message: php.text(message), code: 'i:0;', previous, traceAsString: php.text(trace) });

/** `serialize(new Envelope(…))` of a message on the failure transport; `text` is a field of the message itself. */
export function phpEnvelope(text = '주문 취소'): string {
  const redelivery = (count: number, date: string, zone = 'UTC') =>
    php.object(phpStamp('Redelivery'), { retryCount: `i:${count};`, redeliveredAt: php.date(date, zone) });
  return php.object('Symfony\\Component\\Messenger\\Envelope', {
    stamps: php.map({
      [phpStamp('BusName')]: php.list(php.object(phpStamp('BusName'), { busName: php.text('messenger.bus.default') })),
      [phpStamp('ErrorDetails')]: php.list(
        php.object(phpStamp('ErrorDetails'), {
          exceptionClass: php.text('RuntimeException'),
          exceptionCode: 'i:0;',
          exceptionMessage: php.text('SMS gateway said "503" – it\'s 과부하'),
          flattenException: flattened(
            'SMS gateway said 503',
            '#0 /app/src/SmsHandler.php(42): App\\SmsGateway->send()',
            flattened('refused', '#0 /app/vendor/http/Client.php(7): inner()', 'N;'),
          ),
        }),
      ),
      [phpStamp('SentToFailureTransport')]: php.list(
        php.object(phpStamp('SentToFailureTransport'), { originalReceiverName: php.text('async') }),
      ),
      [phpStamp('Redelivery')]: php.list(
        redelivery(3, '2026-11-22 06:59:00.000000'),
        redelivery(0, '2026-11-22 07:00:00.123456'),
      ),
    }),
    message: php.object('App\\Message\\SmsNotification', { text: php.text(text) }),
  });
}

/** PHP's `addslashes`. */
export const addSlashes = (text: string): string =>
  text.replace(/['"\\\0]/g, (char) => (char === '\0' ? '\\0' : `\\${char}`));
