import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../server/diagnosis/fingerprint.ts';

type Failure = [errorType: string, errorMessage: string, stackTrace: string];

const hash = ([errorType, errorMessage, stackTrace]: Failure): string =>
  fingerprint({ broker: 'default', queue: 'orders', errorType, errorMessage, stackTrace }).hash.toString('hex');

/** As workers write them: one failure on two days (another order, another deployment), and others that look like it. */
const failures: Record<string, { same: [Failure, Failure]; others: Failure[] }> = {
  Java: {
    same: [
      [
        'org.springframework.dao.DataIntegrityViolationException',
        "could not execute statement; SQL [n/a]; constraint [uk_order_no]; Duplicate entry 'ORD-20261122-000123' for key 'orders.uk_order_no'",
        'org.springframework.dao.DataIntegrityViolationException: x\n\tat org.hibernate.engine.jdbc.Statements.run(Statements.java:45)\n\tat com.acme.orders.OrderRepository.save(OrderRepository.java:42)\n\tat com.acme.orders.OrderService$$SpringCGLIB$$0.place(<generated>)',
      ],
      [
        'org.springframework.dao.DataIntegrityViolationException',
        "could not execute statement; SQL [n/a]; constraint [uk_order_no]; Duplicate entry 'ORD-20261201-104412' for key 'orders.uk_order_no'",
        'org.springframework.dao.DataIntegrityViolationException: x\n\tat org.hibernate.engine.jdbc.Statements.run(Statements.java:47)\n\tat com.acme.orders.OrderRepository.save(OrderRepository.java:51)\n\tat com.acme.orders.OrderService$$SpringCGLIB$$1.place(<generated>)',
      ],
    ],
    others: [
      [
        'org.springframework.dao.DataIntegrityViolationException',
        "could not execute statement; SQL [n/a]; constraint [uk_customer]; Duplicate entry '17' for key 'customers.uk_customer'",
        'x\n\tat com.acme.orders.OrderRepository.save(OrderRepository.java:42)',
      ],
      [
        'org.springframework.dao.DataIntegrityViolationException',
        "could not execute statement; SQL [n/a]; constraint [uk_order_no]; Duplicate entry 'ORD-1' for key 'orders.uk_order_no'",
        'x\n\tat com.acme.orders.RefundRepository.save(RefundRepository.java:42)',
      ],
    ],
  },
  'C#': {
    same: [
      [
        'System.Net.Http.HttpRequestException',
        'Response status code does not indicate success: 503 (Service Unavailable). Order 4711.',
        '   at Acme.Payments.PaymentClient.<PayAsync>d__5.MoveNext() in C:\\build\\17\\src\\PaymentClient.cs:line 42',
      ],
      [
        'System.Net.Http.HttpRequestException',
        'Response status code does not indicate success: 503 (Service Unavailable). Order 9.',
        '   at Acme.Payments.PaymentClient.<PayAsync>d__7.MoveNext() in /agent/3/src/PaymentClient.cs:line 51',
      ],
    ],
    others: [
      [
        'System.Net.Http.HttpRequestException',
        'Response status code does not indicate success: 404 (Not Found). Order 4711.',
        '   at Acme.Payments.PaymentClient.<PayAsync>d__5.MoveNext() in C:\\build\\17\\src\\PaymentClient.cs:line 42',
      ],
    ],
  },
  Python: {
    same: [
      [
        'sqlalchemy.exc.OperationalError',
        '(psycopg2.OperationalError) connection to server at "10.0.3.17", port 5432 failed: FATAL: remaining slots are reserved',
        'Traceback (most recent call last):\n  File "/srv/app/releases/20261122/orders/tasks.py", line 42, in cancel_order\n    db.execute(q)',
      ],
      [
        'sqlalchemy.exc.OperationalError',
        '(psycopg2.OperationalError) connection to server at "10.0.3.18", port 5433 failed: FATAL: remaining slots are reserved',
        'Traceback (most recent call last):\n  File "/srv/app/releases/20261123/orders/tasks.py", line 47, in cancel_order\n    db.execute(q)',
      ],
    ],
    others: [
      [
        'sqlalchemy.exc.OperationalError',
        '(psycopg2.OperationalError) connection to server at "10.0.3.17", port 5432 failed: Connection timed out',
        'Traceback (most recent call last):\n  File "/srv/app/releases/20261122/orders/tasks.py", line 42, in cancel_order\n    db.execute(q)',
      ],
    ],
  },
  PHP: {
    same: [
      [
        'Doctrine\\DBAL\\Exception\\UniqueConstraintViolationException',
        'An exception occurred while executing a query: SQLSTATE[23505]: Unique violation: 7 ERROR: Key (order_no)=(ORD-1) already exists.',
        '#0 /var/www/releases/31/vendor/doctrine/dbal/src/Connection.php(187): Doctrine\\DBAL\\Driver->convert()\n#1 /var/www/releases/31/src/Handler/CancelOrder.php(42): App\\Repository\\Orders->save(Object(App\\Order))',
      ],
      [
        'Doctrine\\DBAL\\Exception\\UniqueConstraintViolationException',
        'An exception occurred while executing a query: SQLSTATE[23505]: Unique violation: 7 ERROR: Key (order_no)=(ORD-88) already exists.',
        '#0 /var/www/releases/32/vendor/doctrine/dbal/src/Connection.php(190): Doctrine\\DBAL\\Driver->convert()\n#1 /var/www/releases/32/src/Handler/CancelOrder.php(44): App\\Repository\\Orders->save(Object(App\\Order))',
      ],
    ],
    others: [
      [
        'Doctrine\\DBAL\\Exception\\UniqueConstraintViolationException',
        'An exception occurred while executing a query: SQLSTATE[23503]: Foreign key violation: 7 ERROR: Key (order_no)=(ORD-1) is not present.',
        '#0 /var/www/releases/31/src/Handler/CancelOrder.php(42): App\\Repository\\Orders->save(Object(App\\Order))',
      ],
    ],
  },
  Ruby: {
    same: [
      [
        'NoMethodError',
        "undefined method `cancel!' for #<Order:0x00007f3c5c0b1a28 id: 42>",
        "/app/lib/orders/cancel.rb:42:in `perform'\n/usr/local/bundle/gems/sneakers-2.12.0/lib/sneakers/worker.rb:51:in `work'",
      ],
      [
        'NoMethodError',
        "undefined method `cancel!' for #<Order:0x00007fffabcd1200 id: 7>",
        "/app/lib/orders/cancel.rb:45:in `perform'\n/usr/local/bundle/gems/sneakers-2.13.0/lib/sneakers/worker.rb:53:in `work'",
      ],
    ],
    others: [
      [
        'NoMethodError',
        'undefined local variable or method for #<Order:0x00007f3c5c0b1a28 id: 42>',
        "/app/lib/orders/cancel.rb:42:in `perform'",
      ],
      [
        'NoMethodError',
        "undefined method `cancel!' for #<Order:0x1 id: 42>",
        "/app/lib/orders/refund.rb:42:in `perform'",
      ],
    ],
  },
  Node: {
    same: [
      [
        'AxiosError',
        'Request failed with status code 429',
        'AxiosError: x\n    at settle (/app/node_modules/axios/lib/core/settle.js:19:12)\n    at async OrderWorker.cancel (file:///app/dist/order-worker.js:42:7)',
      ],
      [
        'AxiosError',
        'Request failed with status code 429',
        'AxiosError: x\n    at settle (/app/node_modules/axios/lib/core/settle.js:21:12)\n    at async OrderWorker.cancel (file:///srv/2/dist/order-worker.js:57:3)',
      ],
    ],
    others: [
      [
        'AxiosError',
        'Request failed with status code 500',
        'AxiosError: x\n    at async OrderWorker.cancel (file:///app/dist/order-worker.js:42:7)',
      ],
    ],
  },
  Korean: {
    same: [
      [
        'com.acme.주문취소실패',
        "고객 '김하늘'님의 주문 ORD-20261122-000123을 취소할 수 없습니다: 이미 2026년 11월 22일 오후 3시 5분에 배송이 시작되었습니다 (운송장 6012-3456-7890)",
        '\tat com.acme.orders.주문서비스.취소(주문서비스.java:42)',
      ],
      [
        'com.acme.주문취소실패',
        "고객 '박서준'님의 주문 ORD-20261201-000007을 취소할 수 없습니다: 이미 2026년 12월 1일 오전 9시에 배송이 시작되었습니다 (운송장 6099-1111-2222)",
        '\tat com.acme.orders.주문서비스.취소(주문서비스.java:57)',
      ],
    ],
    others: [
      [
        'com.acme.주문취소실패',
        "고객 '김하늘'님의 주문 ORD-20261122-000123을 취소할 수 없습니다: 이미 환불되었습니다",
        '\tat com.acme.orders.주문서비스.취소(주문서비스.java:42)',
      ],
      [
        'com.acme.주문취소실패',
        "고객 '김하늘'님의 주문 ORD-20261122-000123을 환불할 수 없습니다: 이미 2026년 11월 22일 오후 3시 5분에 배송이 시작되었습니다 (운송장 6012-3456-7890)",
        '\tat com.acme.orders.주문서비스.취소(주문서비스.java:42)',
      ],
    ],
  },
};

describe.each(Object.entries(failures))('a failure of %s', (_language, { same, others }) => {
  test('is one group, whichever order it strikes and wherever it is deployed', () => {
    expect(hash(same[1])).toBe(hash(same[0]));
  });

  test('is another group than one that only looks like it', () => {
    const hashes = [same[0], ...others].map(hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
