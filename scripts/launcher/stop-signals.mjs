/** npm passes a signal on that the terminal has sent to the whole group already: two within this time are one. */
const SAME_SIGNAL_MS = 1000;
const PARENT_CHECK_MS = 500;

/**
 * Listens from now on for Ctrl-C, SIGTERM and the closing of the terminal. Under npm also for the end of the shell between
 * npm and us: it dies of a SIGTERM sent to npm without passing it on.
 * @param {() => void} onAgain called at every further one: the user has no patience left
 * @returns {Promise<NodeJS.Signals>} resolves at the first one
 */
export function firstStopSignal(onAgain) {
  return new Promise((resolve) => {
    let firstAt = 0;
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        if (firstAt === 0) {
          firstAt = Date.now();
          resolve(signal);
        } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
          onAgain();
        }
      });
    }
    if (!process.env['npm_lifecycle_event']) return;
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      firstAt ||= Date.now();
      resolve('SIGTERM');
    }, PARENT_CHECK_MS);
    check.unref();
  });
}
