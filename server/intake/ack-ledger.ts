/**
 * What was delivered on one channel and how far it may be acked. Batches are stored in any order; an ack with `multiple`
 * reaches only up to the tag below which everything is stored.
 */
export class AckLedger {
  /** In the order of delivery: tag → stored. What was acked is gone. */
  readonly #tags = new Map<number, boolean>();

  /** Delivered and not acked. */
  get inHand(): number {
    return this.#tags.size;
  }

  /** Tags grow from delivery to delivery. */
  delivered(tag: number): void {
    this.#tags.set(tag, false);
  }

  /**
   * Marks tags as stored.
   *
   * @returns the tag up to which everything may now be acked, or null when nothing more may be.
   */
  stored(tags: readonly number[]): number | null {
    for (const tag of tags) if (this.#tags.has(tag)) this.#tags.set(tag, true);
    let reach: number | null = null;
    for (const [tag, isStored] of this.#tags) {
      if (!isStored) break;
      reach = tag;
      this.#tags.delete(tag);
    }
    return reach;
  }
}
