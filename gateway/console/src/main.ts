import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import * as api from './api.js';
import {footer, header, navigation} from './frame.js';
import {Live} from './live.js';
import type {Page, Scene} from './page.js';
import {PAGES} from './pages.js';
import {Remote} from './remote.js';
import {gate, type Door} from './signin.js';
import {choose, chosen, text, type Language} from './text/text.js';
import {applyTheme, chosenTheme, chooseTheme, type Theme} from './theme.js';

/** How often what a page asked for is asked again while updates are live. */
const AGAIN_MILLIS = 5_000;
/** How often a person who does something is told to the gateway as using the session. */
const USE_MILLIS = 5 * 60_000;
const RETRY_MILLIS = 3_000;

/**
 * The console: one page of several, chosen by the fragment of the address, behind a sign-in.
 *
 * It draws into the document itself, without a shadow root, so that one style sheet and one outline hold for all of it. Whatever
 * comes from the gateway is drawn as text by Lit; nothing is ever parsed as markup.
 */
class CulvertConsole extends LitElement {
  #language: Language = chosen();
  #theme: Theme = chosenTheme();
  #door: Door = 'asking';
  #page: Page | undefined = PAGES[0];
  #remotes = new Map<string, Remote<unknown>>();
  #settings = new Map<string, string>();
  #used = 0;
  #live = new Live(
    () => this.#heard(),
    () => this.#leave('ended'),
  );

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    applyTheme(this.#theme);
    addEventListener('hashchange', () => this.#follow());
    for (const kind of ['pointerdown', 'keydown']) {
      addEventListener(kind, () => this.#use(), {passive: true});
    }
    setInterval(() => this.#askAgain(), AGAIN_MILLIS);
    this.#follow();
  }

  /** Goes where the address says: through a link with a code, or to a page. */
  #follow(): void {
    const code = /^#code=(.+)$/.exec(location.hash)?.[1];
    if (code !== undefined) {
      history.replaceState(null, '', location.pathname); // not into the history, nor into a bookmark
      void this.#open(code);
      return;
    }
    const id = location.hash.replace(/^#\/?/, '') || PAGES[0]!.id;
    const page = PAGES.find((each) => each.id === id);
    const moved = this.#door === 'open' && page !== this.#page;
    this.#page = page;
    if (this.#door === 'asking') {
      void this.#enter(() => api.session(true), 'first');
    } else if (moved) {
      this.#ask(true);
      void this.updateComplete.then(() => this.querySelector<HTMLElement>('main h1')?.focus());
    }
    this.requestUpdate();
  }

  async #open(code: string): Promise<void> {
    this.#door = 'asking';
    this.requestUpdate();
    await this.#enter(() => api.signIn(code), 'wrong');
  }

  async #enter(how: () => Promise<unknown>, otherwise: Door): Promise<void> {
    try {
      await how();
      this.#used = Date.now();
      this.#door = 'open';
      this.#live.start();
      this.#follow();
      this.#ask(true);
    } catch (failure) {
      if (failure instanceof api.Refused) {
        this.#leave(failure.problem.status === 429 ? 'many' : otherwise);
      } else {
        this.#door = 'unreachable';
        setTimeout(() => void this.#enter(how, otherwise), RETRY_MILLIS);
      }
    }
    this.requestUpdate();
  }

  #leave(door: Door): void {
    this.#door = door;
    this.#live.stop();
    this.#live.status = undefined;
    this.#remotes.clear();
    this.requestUpdate();
  }

  async #signOut(): Promise<void> {
    try {
      await api.signOut();
      this.#leave('signed-out');
    } catch {
      this.#leave('unreachable');
      setTimeout(() => void this.#signOut(), RETRY_MILLIS);
    }
  }

  /** Somebody is here: the session is in use. */
  #use(): void {
    if (this.#door === 'open' && Date.now() - this.#used > USE_MILLIS) {
      this.#used = Date.now();
      api.session(true).catch((failure: unknown) => {
        if (failure instanceof api.Refused) {
          this.#leave('ended');
        }
      });
    }
  }

  #heard(): void {
    const kind = this.#live.status?.checkpoints.kind ?? '';
    if (this.#settings.get('checkpoints') !== kind) {
      this.#settings.set('checkpoints', kind);
      this.#ask(false);
    }
    this.requestUpdate();
  }

  #remote<T>(path: string): Remote<T> {
    let remote = this.#remotes.get(path);
    if (remote === undefined) {
      remote = new Remote<unknown>(
        path,
        () => this.requestUpdate(),
        () => this.#leave('ended'),
      );
      this.#remotes.set(path, remote);
    }
    return remote as Remote<T>;
  }

  #ask(attended: boolean): void {
    for (const path of this.#page?.paths(this.#settings) ?? []) {
      void this.#remote(path).ask(attended);
    }
  }

  #askAgain(): void {
    if (this.#door === 'open' && this.#page?.again && this.#live.liveness === 'live' && !document.hidden) {
      this.#ask(false);
    }
  }

  #set(key: string, value: string): void {
    const before = this.#page?.paths(this.#settings).join();
    this.#settings.set(key, value);
    if (this.#page?.paths(this.#settings).join() !== before) {
      this.#ask(true);
    }
    this.requestUpdate();
  }

  #choose(language: Language): void {
    this.#language = language;
    choose(language);
    this.requestUpdate();
  }

  #chooseTheme(theme: Theme): void {
    this.#theme = theme;
    chooseTheme(theme);
    applyTheme(theme);
    this.requestUpdate();
  }

  #togglePause(): void {
    if (this.#live.liveness === 'paused') {
      this.#live.start();
      this.#ask(false);
    } else {
      this.#live.pause();
    }
  }

  protected override willUpdate(_changed: PropertyValues): void {
    document.documentElement.lang = this.#language;
    const words = text(this.#language);
    const site = this.#live.status?.gateway.site;
    const name = this.#door === 'open' ? (this.#page ? words.pages[this.#page.id] : words.state.noPage) : words.session.title;
    document.title = [name, site, 'Culvert'].filter((part) => part !== undefined).join(' – ');
  }

  protected override render(): TemplateResult {
    const words = text(this.#language);
    const open = this.#door === 'open';
    return html`
      <a class="skip" href="#main" @click=${(event: Event) => this.#skip(event)}>${words.skip}</a>
      ${header({
        words,
        language: this.#language,
        live: open ? this.#live : undefined,
        togglePause: () => this.#togglePause(),
        signOut: () => void this.#signOut(),
      })}
      ${open ? navigation(words, this.#page) : nothing}
      <main id="main" tabindex="-1">${open ? this.#content() : gate(words, this.#door, (code) => void this.#open(code))}</main>
      ${footer(words, this.#language, (language) => this.#choose(language), this.#theme, (theme) => this.#chooseTheme(theme))}
    `;
  }

  /** The address stays: its fragment names the page. */
  #skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>('main')?.focus();
  }

  #content(): TemplateResult {
    const words = text(this.#language);
    const page = this.#page;
    if (page === undefined) {
      return html`<h1 tabindex="-1">${words.state.noPage}</h1>`;
    }
    const status = this.#live.status;
    if (status === undefined) {
      return html`<h1 tabindex="-1">${words.pages[page.id]}</h1>
        <p class="note loading">${words.state.loading}</p>`;
    }
    const scene: Scene = {
      text: words,
      language: this.#language,
      status,
      elapsedSeconds: this.#live.elapsedSeconds,
      remote: (path) => this.#remote(path),
      settings: this.#settings,
      set: (key, value) => this.#set(key, value),
    };
    return html`<h1 tabindex="-1">${words.pages[page.id]}</h1>
      ${page.draw(scene)}`;
  }
}

customElements.define('culvert-console', CulvertConsole);
