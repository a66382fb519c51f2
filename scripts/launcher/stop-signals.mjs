/** npm passes a signal on that the terminal has sent to the whole group already: two within this time are one. */
const SAME_SIGNAL_MS = 1000;

/**
 * Listens for Ctrl-C, SIGTERM and the closing of the terminal from now on.
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
  });
}
