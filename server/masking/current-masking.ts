import type { Database } from '../database/connect.ts';

import { compileRules, type CompiledRules } from './compile-rules.ts';
import { readMaskingRules } from './masking-rules-store.ts';

/** What is known of the rules is no older than this; a change by another instance is followed within it. */
const FOLLOW_MS = 1_000;

/**
 * The masking rules in force. They are asked for by whoever is about to answer: without an answer there is none either,
 * so that nothing is ever shown by rules that nobody could read.
 */
export class CurrentMasking {
  readonly #database: Database;
  #asked: { at: number; rules: Promise<CompiledRules> } | null = null;
  #compiled: { from: string; rules: CompiledRules } | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws what the driver throws when they cannot be read. */
  async rules(): Promise<CompiledRules> {
    const now = performance.now();
    if (this.#asked === null || now - this.#asked.at > FOLLOW_MS) {
      const asked = { at: now, rules: this.#read() };
      this.#asked = asked;
      // The next one asks again.
      asked.rules.catch(() => {
        if (this.#asked === asked) this.#asked = null;
      });
    }
    return await this.#asked.rules;
  }

  /** After a change by this process: whoever asks from now on is given it. */
  forget(): void {
    this.#asked = null;
  }

  async #read(): Promise<CompiledRules> {
    const enabled = (await readMaskingRules(this.#database)).filter((rule) => rule.enabled);
    const from = JSON.stringify(enabled);
    if (this.#compiled?.from !== from) this.#compiled = { from, rules: compileRules(enabled) };
    return this.#compiled.rules;
  }
}
