import { createInterface } from 'node:readline';

// Loaded before the office's own program by `startOfficeProcess`. It ends the process when its standard input ends, so
// also when the test is gone, and sets the wall clock of the process (not the monotonic one) by as many ms as a line
// `clock MS` says: as when somebody sets the machine's clock.

const input = createInterface(process.stdin);
input.on('line', (line) => {
  const ms = /^clock (-?\d+)$/.exec(line)?.[1];
  if (ms !== undefined) setClock(Number(ms));
});
input.on('close', () => {
  process.exit(1);
});

const RealDate = Date;

/** @param {number} ms */
function setClock(ms) {
  const now = () => RealDate.now() + ms;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}
