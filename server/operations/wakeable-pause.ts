/** A pause that somebody else can cut short. */
export class WakeablePause {
  readonly #wakers = new Set<() => void>();

  /** Resolves after so many ms, or when it is woken. */
  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wakers.add(done);
    });
  }

  /** Ends all pauses that are going on now. */
  wake(): void {
    for (const waker of [...this.#wakers]) waker();
  }
}
