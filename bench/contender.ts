import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

import type { Usage } from './usage.ts';

const reply = z.object({ id: z.number(), answer: z.unknown().optional(), error: z.string().optional() });
const usage = z.object({ cpuSeconds: z.number(), peakMiB: z.number() });

/** What is measured runs in a process of its own, so that its CPU time and memory are its own. */
export class Contender {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  readonly #gone: Promise<void>;
  #asked = 0;

  /** `module`: a file of `contenders/`, which calls `serve`. `nodeOptions`: beside those of this process. */
  constructor(module: URL, nodeOptions: readonly string[] = []) {
    this.#child = fork(fileURLToPath(module), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...nodeOptions],
    });
    this.#child.on('message', (message) => {
      const { id, answer, error } = reply.parse(message);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(error));
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('A contender has ended early.'));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  async ask<T>(ask: string, given: unknown, shape: z.ZodType<T>): Promise<T> {
    const id = (this.#asked += 1);
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.send({ id, ask, given });
    return shape.parse(await answer);
  }

  async tell(ask: string, given: unknown = null): Promise<void> {
    await this.ask(ask, given, z.unknown());
  }

  async beginUsage(): Promise<void> {
    await this.tell('beginUsage');
  }

  async endUsage(): Promise<Usage> {
    return await this.ask('endUsage', null, usage);
  }

  /** Lets it close what it holds; a process that does not end within 15 s is killed. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.#gone;
    clearTimeout(timer);
  }
}
