import type { HeaderTable } from '../../../../server/amqp/message.ts';
import { header, int64 } from '../dead-messages.ts';

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

/** One of each, for the tests that forge and break them. */
export const frameworkHeaders: HeaderTable[] = [springHeaders];
