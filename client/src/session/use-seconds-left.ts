import { useCallback, useEffect, useState } from 'react';

/** Counts down whole seconds. A new wait takes the place of the one before. */
export function useSecondsLeft(): { left: number; wait: (seconds: number) => void } {
  const [until, setUntil] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) setUntil(0);
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [until]);
  const wait = useCallback((seconds: number) => {
    setLeft(seconds);
    setUntil(seconds === 0 ? 0 : Date.now() + seconds * 1000);
  }, []);
  return { left, wait };
}
