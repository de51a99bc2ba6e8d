import {html, nothing, type TemplateResult} from 'lit';
import type {Text} from './text/text.js';

/** Whether there is a session, and if not, why. */
export type Door = 'asking' | 'open' | 'first' | 'signed-out' | 'ended' | 'wrong' | 'many' | 'unreachable';

/** What stands there without a session. @param open takes a code */
export function gate(words: Text, door: Door, open: (code: string) => void): TemplateResult {
  if (door === 'asking') {
    return html`<p class="note loading">${words.state.loading}</p>`;
  }
  const s = words.session;
  const why = {'signed-out': s.signedOut, ended: s.ended, wrong: s.wrong, many: s.many, unreachable: s.unreachable, first: '', open: ''}[door];
  const submit = (event: Event): void => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem('code') as HTMLInputElement;
    const code = field.value.trim().replace(/^.*#code=/, '');
    if (code !== '') {
      field.value = '';
      open(code);
    }
  };
  return html`<section class="gate" aria-labelledby="gate">
    <h1 id="gate" tabindex="-1">${s.title}</h1>
    ${why === '' ? nothing : html`<p class="note ${door}" role="alert">${why}</p>`}
    ${door === 'unreachable'
      ? nothing
      : html`<p>${s.first}</p>
          <pre tabindex="0" role="region" aria-label="culvert console"><code>culvert console</code></pre>
          <form @submit=${submit}>
            <label>${s.input}<input name="code" type="text" autocomplete="off" spellcheck="false" required /></label>
            <button type="submit">${s.open}</button>
          </form>
          <p class="hint">${s.tunnel}</p>`}
  </section>`;
}
