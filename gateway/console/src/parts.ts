import {html, nothing, type TemplateResult} from 'lit';
import {bytes, time} from './format.js';
import type {Scene} from './page.js';
import type {Remote} from './remote.js';
import {word, type Language} from './text/text.js';

export type Cell = TemplateResult | string | typeof nothing;

/** A column of a table; figures are set to the right. */
export interface Column {
  head: string;
  figure?: boolean;
}

/** A table that scrolls in its own region, which the keyboard reaches, when it is wider than the page. */
export function table(label: string, columns: Column[], rows: Cell[][]): TemplateResult {
  return html`<div class="table" role="region" aria-label=${label} tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class=${column.figure ? 'figure' : ''}>${column.head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) =>
                i === 0
                  ? html`<th scope="row">${cell}</th>`
                  : html`<td class=${columns[i]?.figure ? 'figure' : ''}>${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const GOOD = new Set(['up', 'open', 'done', 'live', 'ok', 'current', 'leader', 'follower']);
const BAD = new Set(['down', 'failed', 'full', 'critical', 'refused', 'stopped', 'closed', 'late', 'backing-off']);
const BUSY = new Set(['dialing', 'awaited', 'waiting', 'queued', 'degraded', 'away', 'warning', 'no-replica', 'held', 'unknown']);

/** A state as a word with a mark; colour is never all that tells it. */
export function state(scene: Scene, key: string): TemplateResult {
  const [tone, mark] = GOOD.has(key) ? ['good', '✓'] : BAD.has(key) ? ['bad', '✕'] : BUSY.has(key) ? ['busy', '!'] : ['calm', '•'];
  return html`<span class="state ${tone}"><span class="mark" aria-hidden="true">${mark}</span>${word(scene.text.states, key)}</span>`;
}

/** A moment in local time, with ISO-8601 behind it. */
export function moment(iso: string | null, language: Language): Cell {
  return iso === null ? '–' : html`<time datetime=${iso} title=${iso}>${time(new Date(iso), language)}</time>`;
}

/** A size as people read it, with the bytes behind it. */
export function size(count: number | null): Cell {
  return count === null ? '–' : html`<span title="${count} B">${bytes(count)}</span>`;
}

export function note(sentence: string): TemplateResult {
  return html`<p class="note">${sentence}</p>`;
}

/** Terms with what they are. */
export function facts(pairs: [string, Cell][]): TemplateResult {
  return html`<dl class="facts">${pairs.map(([term, is]) => html`<div><dt>${term}</dt><dd>${is}</dd></div>`)}</dl>`;
}

/** What was asked of the gateway: loading, forbidden, failed, old or there are told apart. */
export function asked<T>(scene: Scene, remote: Remote<T>, draw: (value: T) => TemplateResult): TemplateResult {
  const {text, language} = scene;
  if (remote.forbidden) {
    return html`<p class="note forbidden">${text.state.forbidden}</p>`;
  }
  const failed = remote.failure ? html`<p class="note failed" role="alert">${text.state.failed(remote.failure.message)}</p>` : nothing;
  if (remote.value === undefined) {
    return remote.failure ? html`${failed}` : html`<p class="note loading">${text.state.loading}</p>`;
  }
  const old = remote.failure && remote.at ? html`<p class="note stale">${text.state.stale(time(remote.at, language))}</p>` : nothing;
  return html`${failed}${old}${draw(remote.value)}`;
}

/** A text in a box and a button that copies it. */
export function copyable(scene: Scene, what: string, content: string, kind: 'prose' | 'code' = 'code'): TemplateResult {
  const {text} = scene;
  const copy = async (event: Event): Promise<void> => {
    const button = event.currentTarget as HTMLButtonElement;
    const said = button.nextElementSibling as HTMLElement;
    try {
      await navigator.clipboard.writeText(content);
      said.textContent = text.copy.copied;
    } catch {
      getSelection()?.selectAllChildren(button.previousElementSibling as HTMLElement);
      said.textContent = text.copy.failed;
    }
  };
  return html`<div class="copyable">
    <pre class=${kind} tabindex="0" role="region" aria-label=${what}>${content}</pre>
    <button type="button" class="quiet" aria-label=${text.copy.of(what)} @click=${copy}>${text.copy.copy}</button
    ><span class="said" role="status"></span>
  </div>`;
}
