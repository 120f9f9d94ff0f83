/** Working memory that all runs of an engine share: who asks first has it first. */
export class Budget {
  #free: number;
  readonly #waiting: { bytes: number; grant: () => void }[] = [];

  /** A budget of so many bytes. */
  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Waits until so many bytes are free, and takes them; never more than the whole budget. */
  take(bytes: number): Promise<void> {
    return new Promise((grant) => {
      this.#waiting.push({ bytes, grant });
      this.#grant();
    });
  }

  /** Gives bytes back. */
  give(bytes: number): void {
    this.#free += bytes;
    this.#grant();
  }

  #grant(): void {
    while (this.#waiting.length > 0 && this.#waiting[0].bytes <= this.#free) {
      const { bytes, grant } = this.#waiting.shift()!;
      this.#free -= bytes;
      grant();
    }
  }
}
