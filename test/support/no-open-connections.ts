import { Socket } from 'node:net';
import { afterAll } from 'vitest';
import { testServices, waitFor } from './services.ts';

/** A test file that leaves a connection to the broker or the database open fails: whoever opens one closes it. */
afterAll(async () => {
  const { amqpUrl, databaseUrl } = testServices();
  const ports = new Map([
    [Number(new URL(amqpUrl).port || 5672), 'the broker'],
    [Number(new URL(databaseUrl).port || 3306), 'the database'],
  ]);
  const open = () =>
    activeHandles()
      .filter((handle): handle is Socket => handle instanceof Socket && !handle.destroyed)
      .flatMap((socket) => ports.get(socket.remotePort ?? 0) ?? []);
  await waitFor(() => open().length === 0, {
    deadlineMs: 3000,
    describe: () => `this file to close its connections; still open: ${open().join(', ')}`,
  });
});

/** Node has no documented list of open sockets; this one has been there since its first versions. */
function activeHandles(): unknown[] {
  const list: unknown = Reflect.get(process, '_getActiveHandles');
  return typeof list === 'function' ? (list.call(process) as unknown[]) : [];
}
