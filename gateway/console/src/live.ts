import {get, Refused} from './api.js';
import type {SiteStatus} from './views.js';

/** How the status at hand came to be what it is. */
export type Liveness = 'starting' | 'live' | 'paused' | 'lost';

/** A heartbeat comes each 15 s: after this long without anything the stream is taken for lost. */
const SILENCE_MILLIS = 40_000;
const LOOK_MILLIS = 5_000;
const AGAIN_MILLIS = 3_000;

/**
 * The site's status as events tell it. Pausing closes the stream and keeps what is shown; a stream that is lost is opened
 * again by itself. `onEnd`: there is no session any more.
 */
export class Live {
  status: SiteStatus | undefined;
  /** When the status at hand was heard, by this browser's clock. */
  heard: Date | undefined;
  liveness: Liveness = 'starting';

  #source: EventSource | undefined;
  #lastSign = 0;
  #look: number | undefined;
  #again: number | undefined;
  /** Counts starts and stops: what was begun before one of them is void. */
  #turn = 0;

  constructor(
    private readonly onChange: () => void,
    private readonly onEnd: () => void,
  ) {}

  start(): void {
    this.stop();
    this.#open();
    this.#look = setInterval(() => this.#watch(), LOOK_MILLIS);
  }

  stop(): void {
    this.#turn++;
    clearInterval(this.#look);
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = undefined;
  }

  pause(): void {
    this.stop();
    this.#become('paused');
  }

  /** Seconds since the status was heard, while it is the current one. */
  get elapsedSeconds(): number {
    return this.liveness === 'live' && this.heard ? (Date.now() - this.heard.getTime()) / 1000 : 0;
  }

  #become(liveness: Liveness): void {
    this.liveness = liveness;
    this.onChange();
  }

  #open(): void {
    this.#lastSign = Date.now();
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.addEventListener('open', () => this.#sign());
    source.addEventListener('beat', () => this.#sign());
    source.addEventListener('status', (event) => {
      this.status = JSON.parse(event.data);
      this.heard = new Date();
      this.#sign();
    });
    source.addEventListener('end', () => {
      this.stop();
      this.onEnd();
    });
    source.addEventListener('error', () => {
      if (this.#source === source) {
        this.#lose();
      }
    });
  }

  #sign(): void {
    this.#lastSign = Date.now();
    this.#become(this.status ? 'live' : 'starting');
  }

  #watch(): void {
    if (this.#source && Date.now() - this.#lastSign > SILENCE_MILLIS) {
      this.#lose();
    } else {
      this.onChange(); // ages are a little older
    }
  }

  /** Asks why, since an EventSource does not say, and tries again unless the session has ended. */
  #lose(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#become('lost');
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#retry(), AGAIN_MILLIS);
  }

  async #retry(): Promise<void> {
    const turn = this.#turn;
    try {
      const status = await get<SiteStatus>('/status', false);
      if (turn !== this.#turn) {
        return;
      }
      this.status = status;
      this.heard = new Date();
      this.#open();
      this.onChange();
    } catch (failure) {
      if (turn !== this.#turn) {
        return;
      }
      if (failure instanceof Refused && failure.signedOut) {
        this.stop();
        this.onEnd();
      } else {
        this.#lose();
      }
    }
  }
}
