import { describe, expect, test } from 'vitest';
import { firstOwnFrame } from '../../../server/diagnosis/stack-frames.ts';

const java = `org.springframework.amqp.rabbit.support.ListenerExecutionFailedException: Listener method threw exception
	at org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:286)
	at com.acme.orders.OrderListener.on(OrderListener.java:30)
	at java.base/java.lang.Thread.run(Thread.java:1583)
	Suppressed: java.io.IOException: closing
		at com.acme.orders.Closer.close(Closer.java:9)
Caused by: java.lang.IllegalStateException: Order 42 has no currency
	at java.base/java.util.Objects.requireNonNull(Objects.java:209)
	at com.acme.orders.OrderService$$SpringCGLIB$$0.cancel(<generated>)
	at app//com.acme.orders.OrderService.lambda$cancel$0(OrderService.java:42)
	... 12 more`;

const dotnet = `System.InvalidOperationException: No currency
 ---> System.Net.Http.HttpRequestException: Connection refused (payments:443)
   at System.Net.Http.HttpConnectionPool.ConnectAsync(HttpRequestMessage request, Boolean async)
   at Acme.Orders.PaymentClient.<PayAsync>d__5.MoveNext() in C:\\build\\17\\src\\PaymentClient.cs:line 42
   --- End of inner exception stack trace ---
   at Acme.Orders.OrderConsumer.Consume(ConsumeContext\`1 context) in C:\\build\\17\\src\\OrderConsumer.cs:line 7
   at MassTransit.Middleware.ConsumerFilter.Send()`;

const python = `Traceback (most recent call last):
  File "/usr/lib/python3.11/urllib/request.py", line 1348, in do_open
    h.request(req.get_method())
  File "/srv/app/orders/transport.py", line 3, in send
ConnectionRefusedError: [Errno 111] Connection refused

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/venv/lib/python3.11/site-packages/celery/app/trace.py", line 451, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/srv/app/releases/20261122/orders/worker.py", line 42, in cancel
    client.post(url)
  File "/srv/venv/lib/python3.11/site-packages/requests/api.py", line 115, in post
requests.exceptions.ConnectTimeout: timed out`;

const php = `RuntimeException: boom in /var/www/releases/31/src/Handler/CancelOrder.php:42
Stack trace:
#0 /var/www/releases/31/vendor/symfony/messenger/Middleware/HandleMessageMiddleware.php(152): App\\Handler\\CancelOrder->__invoke(Object(App\\Order))
#1 [internal function]: call_user_func()
#2 /var/www/releases/31/bin/console(3): Symfony\\Component\\Console\\Application->run()
#3 {main}`;

const phpClient = `#0 /app/vendor/guzzlehttp/guzzle/src/Client.php(187): GuzzleHttp\\Client->transfer()
#1 /app/src/Payment/PaymentClient.php(12): GuzzleHttp\\Client->request('POST', 'https://...')
#2 {main}`;

const ruby = `/usr/local/bundle/gems/faraday-2.9.0/lib/faraday/adapter.rb:28:in \`call': execution expired (Faraday::TimeoutError)
	from /app/lib/orders/cancel.rb:42:in \`block (2 levels) in perform'
	from /app/lib/orders/worker.rb:7:in \`work'
	from /usr/local/bundle/gems/sneakers-2.12.0/lib/sneakers/worker.rb:51:in \`process_work'`;

const ruby34 = `/app/lib/orders/cancel.rb:42:in 'Orders::Cancel#perform': boom (RuntimeError)`;

const node = `TypeError: Cannot read properties of undefined (reading 'id')
    at JSON.parse (<anonymous>)
    at Object.onceWrapper (node:events:628:28)
    at Client.request (/app/node_modules/.pnpm/axios@1.7.0/node_modules/axios/lib/axios.js:1:2)
    at async OrderWorker.cancel [as handler] (file:///app/dist/order-worker.js:42:7)
    at async /app/dist/main.js:1:2
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`;

const nodeCause = `Error: cancelling failed
    at cancel (/app/src/cancel.ts:4:9)
  [cause]: Error: connect ECONNREFUSED
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1606:16)
      at pay (/app/src/payment.ts:9:1)`;

describe('the first own frame', () => {
  test.each([
    ['Java, in the deepest cause', java, 'com.acme.orders.OrderService.lambda$cancel'],
    ['C#, in the innermost exception, of an async method', dotnet, 'Acme.Orders.PaymentClient.PayAsync'],
    ['Python, the last of the error that ended it', python, 'cancel (orders/worker.py)'],
    ['PHP, own code that a framework called', php, 'App\\Handler\\CancelOrder->__invoke'],
    ['PHP, a library that own code called', phpClient, 'GuzzleHttp\\Client->request (Payment/PaymentClient.php)'],
    ['Ruby', ruby, 'perform (orders/cancel.rb)'],
    ['Ruby 3.4', ruby34, 'Orders::Cancel#perform (orders/cancel.rb)'],
    ['Node', node, 'OrderWorker.cancel (dist/order-worker.js)'],
    ['Node, in the cause', nodeCause, 'pay (src/payment.ts)'],
  ])('%s', (_language, trace, expected) => {
    expect(firstOwnFrame(trace)).toBe(expected);
  });

  test.each([
    ['C# lambdas and closures', '   at Acme.X.<>c__DisplayClass3_0.<<Handle>b__0>d.MoveNext()', 'Acme.X.Handle'],
    ['C# generics', '   at Acme.Store`1.Load[TKey](TKey key)', 'Acme.Store.Load'],
    ['Kotlin', '\tat com.acme.OrderKt.cancel(Order.kt:3)', 'com.acme.OrderKt.cancel'],
    ['anonymous classes of Java', '\tat com.acme.Order$1.run(Order.java:3)', 'com.acme.Order.run'],
    ['Python modules', '  File "/app/main.py", line 3, in <module>', 'app/main.py'],
    ['Windows paths in Node', '    at run (C:\\app\\src\\x.js:1:2)', 'run (src/x.js)'],
  ])('%s', (_what, trace, expected) => {
    expect(firstOwnFrame(trace)).toBe(expected);
  });

  test('a deployment moves lines and folders, and splits no group', () => {
    const deployed = (text: string): string =>
      text
        .replace(/:(\d+)\)/g, ':9$1)')
        .replace(/line (\d+)/g, 'line 9$1')
        .replace(/(\d):(\d)/g, '$1$1:$2')
        .replaceAll('/releases/20261122/', '/releases/20261123/');
    for (const trace of [java, dotnet, python, php, ruby, node])
      expect(firstOwnFrame(deployed(trace))).toBe(firstOwnFrame(trace));
  });

  test('there is none where only libraries are on the stack, or no stack is', () => {
    const foreign = java
      .split('\n')
      .filter((line) => !line.includes('acme'))
      .join('\n');
    expect(firstOwnFrame(foreign)).toBeNull();
    expect(firstOwnFrame('')).toBeNull();
    expect(firstOwnFrame('it broke at noon (again)')).toBeNull();
  });

  test('it is bounded in length', () => {
    expect(
      Buffer.byteLength(firstOwnFrame(`\tat com.acme.${'가'.repeat(120)}.${'x'.repeat(200)}(A.java:1)`) ?? ''),
    ).toBeLessThanOrEqual(255);
  });

  test.each([
    'at (',
    'at a:1',
    'at a.b(',
    '#0 a(',
    'File "',
    'from a:1:in `',
    'at <',
    'at a/',
    'Caused by: ',
    '\n',
    'at a\n',
    '<',
  ])('a trace made to be slow (%j) is not', (unit) => {
    const started = performance.now();
    firstOwnFrame(unit.repeat(100_000));
    firstOwnFrame(`${unit.repeat(60)}\n`.repeat(2000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
