const SPEAK_AFTER_MS = 1000;
const REMIND_EVERY_MS = 20_000;

/**
 * Runs `work`. When it takes longer than a second, says what is going on, again every 20 s, and how long it took.
 * @template T
 * @param {string} label what is being done: "Starting RabbitMQ"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
  let spoken = false;
  const speak = () => {
    console.log(spoken ? `  ${label}: still at it after ${seconds()} s` : `  ${label} …`);
    spoken = true;
    timer = setTimeout(speak, REMIND_EVERY_MS);
  };
  let timer = setTimeout(speak, SPEAK_AFTER_MS);
  try {
    const result = await work();
    if (spoken) console.log(`  ${label}: done in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
