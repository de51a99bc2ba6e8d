import {html, nothing, type TemplateResult} from 'lit';
import {count} from '../format.js';
import {NO_PATHS, type Page, type Scene} from '../page.js';
import {note, size, state, table, type Cell} from '../parts.js';
import type {PoolView} from '../views.js';

export const pools: Page = {id: 'pools', paths: NO_PATHS, again: false, draw};

function draw(scene: Scene): TemplateResult {
  const {text, status} = scene;
  if (status.pools.length === 0) {
    return note(text.pools.none);
  }
  const c = text.col;
  const columns = [
    {head: c.name},
    {head: c.state},
    {head: c.used, figure: true},
    {head: c.free, figure: true},
    {head: c.quota, figure: true},
    {head: c.raw, figure: true},
    {head: c.snapshots, figure: true},
    {head: c.path},
  ];
  return table(text.pages.pools, columns, status.pools.map((pool) => row(scene, pool)));
}

function row(scene: Scene, pool: PoolView): Cell[] {
  const room = pool.usedBytes + pool.freeBytes;
  return [
    pool.name,
    html`${state(scene, pool.state)}${pool.reason === '' ? nothing : html`<span class="why">${pool.reason}</span>`}`,
    html`${size(pool.usedBytes)}${room === 0
      ? nothing
      : html`<meter min="0" max=${room} high=${room * 0.9} .value=${pool.usedBytes} aria-label="${pool.name}: ${scene.text.col.used}"></meter>`}`,
    size(pool.freeBytes),
    size(pool.quotaBytes),
    size(pool.rawBytes),
    count(pool.snapshots, scene.language),
    pool.path,
  ];
}
