import {html, nothing, type TemplateResult} from 'lit';
import {time} from './format.js';
import type {Live} from './live.js';
import type {Page} from './page.js';
import {PAGES} from './pages.js';
import type {Language, Text} from './text/text.js';
import {THEMES, type Theme} from './theme.js';

/** @property live nothing while nobody is signed in */
export interface Header {
  words: Text;
  language: Language;
  live: Live | undefined;
  togglePause: () => void;
  signOut: () => void;
}

/** Whose console it is, how current what it shows is, and the way out. */
export function header({words, language, live, togglePause, signOut}: Header): TemplateResult {
  return html`<header>
    <p class="brand">Culvert${live?.status ? html` <strong>${live.status.gateway.site}</strong>` : nothing}</p>
    ${live
      ? html`<p class="liveness ${live.liveness}" role="status">${liveness(words, language, live)}</p>
          <div class="actions">
            <button type="button" class="quiet" aria-pressed=${live.liveness === 'paused'} @click=${togglePause}>
              ${live.liveness === 'paused' ? words.live.resume : words.live.pause}
            </button>
            <button type="button" class="quiet" @click=${signOut}>${words.session.out}</button>
          </div>`
      : nothing}
  </header>`;
}

function liveness(words: Text, language: Language, live: Live): string {
  const at = live.heard ? time(live.heard, language) : words.none;
  switch (live.liveness) {
    case 'live':
      return words.live.live;
    case 'starting':
      return words.live.starting;
    case 'paused':
      return words.live.paused(at);
    case 'lost':
      return words.live.lost(at);
  }
}

export function navigation(words: Text, page: Page | undefined): TemplateResult {
  return html`<nav aria-label=${words.nav}>
    <ul>
      ${PAGES.map(
        (each) =>
          html`<li><a href="#/${each.id}" aria-current=${each === page ? 'page' : nothing}>${words.pages[each.id]}</a></li>`,
      )}
    </ul>
  </nav>`;
}

export function footer(
  words: Text,
  language: Language,
  choose: (language: Language) => void,
  theme: Theme,
  chooseTheme: (theme: Theme) => void,
): TemplateResult {
  return html`<footer>
    <label
      >${words.language}
      <select name="language" @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as Language)}>
        <option value="en" lang="en" ?selected=${language === 'en'}>English</option>
        <option value="ko" lang="ko" ?selected=${language === 'ko'}>한국어</option>
      </select>
    </label>
    <label
      >${words.theme.label}
      <select name="theme" @change=${(event: Event) => chooseTheme((event.target as HTMLSelectElement).value as Theme)}>
        ${THEMES.map((each) => html`<option value=${each} ?selected=${each === theme}>${words.theme[each]}</option>`)}
      </select>
    </label>
  </footer>`;
}
