import { Loop, type LoopOptions } from './loop.ts';

/** As of a loop; the work is given those who listen, as they come and go. */
export interface ListenedLoopOptions<Listener> extends Omit<LoopOptions, 'work'> {
  work: (listeners: ReadonlySet<Listener>) => Promise<void>;
}

/** Does something again and again, once for all who listen, and only while somebody does; a newcomer is not kept waiting. */
export class ListenedLoop<Listener> {
  readonly #options: ListenedLoopOptions<Listener>;
  readonly #listeners = new Set<Listener>();
  #loop: Loop | null = null;
  /** The last turn from before nobody listened. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ListenedLoopOptions<Listener>) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0;
  }

  /** The returned function takes the listener away; calling it again does nothing. */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#loop === null) this.#loop = this.#begin();
    else this.#loop.now();
    return () => {
      this.#listeners.delete(listener);
      if (!this.isIdle || this.#loop === null) return;
      this.#ended = this.#loop.stop();
      this.#loop = null;
    };
  }

  #begin(): Loop {
    const before = this.#ended;
    return new Loop({
      ...this.#options,
      work: async () => {
        await before;
        await this.#options.work(this.#listeners);
      },
    });
  }
}
