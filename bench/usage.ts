const SAMPLE_MS = 20;

/** CPU time and highest resident memory of this process between two moments. */
export interface Usage {
  cpuSeconds: number;
  peakMiB: number;
}

/** Watches this process until `end` is called. */
export function watchUsage(): { end: () => Usage } {
  const before = process.cpuUsage();
  let peak = process.memoryUsage.rss();
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    end: () => {
      clearInterval(timer);
      sample();
      const { user, system } = process.cpuUsage(before);
      return { cpuSeconds: (user + system) / 1e6, peakMiB: peak / 2 ** 20 };
    },
  };
}
