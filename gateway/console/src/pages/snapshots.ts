import {html, type TemplateResult} from 'lit';
import {count} from '../format.js';
import type {Page, Scene} from '../page.js';
import {asked, moment, note, size, table, type Cell} from '../parts.js';
import {word} from '../text/text.js';
import type {SnapshotView} from '../views.js';

/** More rows than a person reads, and few enough for the browser. */
const MAX_ROWS = 500;

export const snapshots: Page = {
  id: 'snapshots',
  paths: (settings) => [path(settings)],
  again: false,
  draw,
};

function path(settings: Map<string, string>): string {
  const peer = settings.get('holder') ?? '';
  return peer === '' ? '/snapshots' : `/snapshots?peer=${encodeURIComponent(peer)}`;
}

function draw(scene: Scene): TemplateResult {
  const {text, settings} = scene;
  const filter = settings.get('filter') ?? '';
  const holder = settings.get('holder') ?? '';
  const remote = scene.remote<SnapshotView[]>(path(settings));
  const set = (key: string) => (event: Event) => scene.set(key, (event.target as HTMLInputElement | HTMLSelectElement).value);
  return html`
    <div class="controls">
      <label>${text.snapshots.filter}<input type="search" name="filter" autocomplete="off" .value=${filter} @input=${set('filter')} /></label>
      <label
        >${text.snapshots.heldBy}
        <select name="holder" @change=${set('holder')}>
          <option value="" ?selected=${holder === ''}>${text.snapshots.here}</option>
          ${scene.status.peers
            .filter((peer) => peer.revoked === null)
            .map((peer) => html`<option value=${peer.name} ?selected=${holder === peer.name}>${peer.name}</option>`)}
        </select>
      </label>
      <button type="button" @click=${() => void remote.ask(true)}>${text.refresh}</button>
    </div>
    ${asked(scene, remote, (all) => list(scene, all, filter))}
  `;
}

function list(scene: Scene, all: SnapshotView[], filter: string): TemplateResult {
  const {text, language} = scene;
  if (all.length === 0) {
    return note(text.snapshots.none);
  }
  const wanted = filter.trim().toLowerCase();
  const match = all.filter((s) => [s.id, s.dataset, s.site, s.label].some((field) => field.toLowerCase().includes(wanted)));
  if (match.length === 0) {
    return note(text.snapshots.noneMatch);
  }
  const c = text.col;
  const columns = [
    {head: c.snapshot},
    {head: c.dataset},
    {head: c.from},
    {head: c.heldBy},
    {head: c.kind},
    {head: c.created},
    {head: c.entries, figure: true},
    {head: c.size, figure: true},
    {head: c.label},
    {head: c.locked},
  ];
  const shown = match.slice(0, MAX_ROWS);
  return html`
    <p class="note" role="status">${text.snapshots.shown(shown.length, all.length)}</p>
    ${table(text.pages.snapshots, columns, shown.map((s) => row(scene, s, language)))}
  `;
}

function row(scene: Scene, s: SnapshotView, language: Scene['language']): Cell[] {
  return [
    html`<code>${s.id}</code>`,
    s.dataset,
    s.site,
    `${s.heldBy}/${s.pool}`,
    word(scene.text.kinds, s.kind),
    moment(s.created, language),
    count(s.entries, language),
    size(s.sourceBytes),
    s.label || scene.text.none,
    moment(s.lockedUntil, language),
  ];
}
