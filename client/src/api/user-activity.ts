const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'focus'] as const;

// A page is opened by somebody.
let lastAt = Date.now();
if (typeof window !== 'undefined') {
  for (const sign of SIGNS) {
    window.addEventListener(
      sign,
      () => {
        lastAt = Date.now();
      },
      { capture: true, passive: true },
    );
  }
}

/** How long nobody has touched this tab, in whole seconds. */
export function idleSeconds(): number {
  return Math.max(0, Math.floor((Date.now() - lastAt) / 1000));
}
