import type { HeaderTable } from '../../../../server/amqp/message.ts';
import { array, header, int64 } from '../dead-messages.ts';

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

/** One of each, for the tests that forge and break them. */
export const frameworkHeaders: HeaderTable[] = [springHeaders, massTransitHeaders, nServiceBusHeaders, celeryHeaders];
