import {get, Refused} from './api.js';

/** What was asked of the gateway, and how that went: nothing yet, an answer, or a failure beside the last answer. */
export class Remote<T> {
  value: T | undefined;
  at: Date | undefined;
  failure: Error | undefined;
  #asked = 0;

  constructor(
    readonly path: string,
    private readonly onChange: () => void,
    private readonly onEnd: () => void,
  ) {}

  get forbidden(): boolean {
    return this.failure instanceof Refused && this.failure.forbidden;
  }

  async ask(attended: boolean): Promise<void> {
    const mine = ++this.#asked;
    try {
      const value = await get<T>(this.path, attended);
      if (mine === this.#asked) {
        this.value = value;
        this.at = new Date();
        this.failure = undefined;
        this.onChange();
      }
    } catch (failure) {
      if (failure instanceof Refused && failure.signedOut) {
        this.onEnd();
      } else if (mine === this.#asked) {
        this.failure = failure as Error;
        this.onChange();
      }
    }
  }
}
