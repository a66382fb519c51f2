import type { Database } from './connect.ts';

/** Names remembered per process; beyond that the oldest are asked for again. */
const REMEMBERED = 10_000;

/**
 * The `names` table: queues, exchanges, error types and key names are compared as bytes, and rows hold their ids.
 * Names are never changed or removed, so remembering them in the process is safe.
 */
export class Names {
  readonly #database: Database;
  readonly #ids = new Map<string, string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The ids of these names, making those that are new. Call it outside the transaction that uses them: a name that
   * stays behind when that one rolls back harms nobody, and no lock on `names` is held.
   *
   * @param names at most 255 bytes each in UTF-8.
   */
  async idsOf(names: Iterable<string>): Promise<Map<string, string>> {
    const wanted = new Map([...names].map((name) => [name, asStored(name)]));
    const missing = [...new Set(wanted.values())].filter((name) => !this.#ids.has(name));
    const found = missing.length > 0 ? await this.#findOrMake(missing) : new Map<string, string>();
    const answer = new Map<string, string>();
    for (const [name, stored] of wanted) {
      const id = found.get(stored) ?? this.#ids.get(stored);
      if (id === undefined) throw new Error('A name was neither found nor made.');
      answer.set(name, id);
    }
    for (const [name, id] of found) this.#remember(name, id);
    return answer;
  }

  /** The ids of those names that exist; for filters, which make no names. */
  async find(names: readonly string[]): Promise<string[]> {
    return [...(await this.#look(names)).values()];
  }

  async #look(names: readonly string[]): Promise<Map<string, string>> {
    if (names.length === 0) return new Map();
    const rows = await this.#database('names')
      .select<{ id: string; value: Buffer }[]>('id', 'value')
      .whereIn(
        'value',
        names.map((name) => Buffer.from(name)),
      );
    return new Map(rows.map(({ id, value }) => [value.toString('utf8'), id]));
  }

  async #findOrMake(names: string[]): Promise<Map<string, string>> {
    const found = await this.#look(names);
    const fresh = names.filter((name) => !found.has(name));
    if (fresh.length === 0) return found;
    await this.#database('names')
      .insert(fresh.map((name) => ({ value: Buffer.from(name) })))
      .onConflict()
      .ignore();
    return new Map([...found, ...(await this.#look(fresh))]);
  }

  #remember(name: string, id: string): void {
    if (this.#ids.size >= REMEMBERED) {
      const oldest = this.#ids.keys().next();
      if (oldest.done !== true) this.#ids.delete(oldest.value);
    }
    this.#ids.set(name, id);
  }
}

/** A name as it is read back: half a surrogate pair, which JSON can carry, has no bytes of its own. */
function asStored(name: string): string {
  return Buffer.from(name).toString('utf8');
}
