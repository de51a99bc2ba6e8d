import {html, type TemplateResult} from 'lit';
import {duration} from '../format.js';
import {NO_PATHS, type Page, type Scene} from '../page.js';
import {moment, note, state, table, type Cell} from '../parts.js';
import {word} from '../text/text.js';
import type {DatasetView, ReplicaView} from '../views.js';

export const datasets: Page = {id: 'datasets', paths: NO_PATHS, again: false, draw};

function draw(scene: Scene): TemplateResult {
  const {text, status} = scene;
  if (status.datasets.length === 0) {
    return note(text.datasets.none);
  }
  const c = text.col;
  const columns = [
    {head: c.dataset},
    {head: c.to},
    {head: c.state},
    {head: c.lag, figure: true},
    {head: c.rpo, figure: true},
    {head: c.newest},
    {head: c.schedule},
    {head: c.source},
  ];
  return table(text.pages.datasets, columns, status.datasets.flatMap((dataset) => rows(scene, dataset)));
}

function rows(scene: Scene, dataset: DatasetView): Cell[][] {
  const replicas: (ReplicaView | undefined)[] = dataset.replicas.length === 0 ? [undefined] : dataset.replicas;
  return replicas.map((replica) => row(scene, dataset, replica));
}

function row(scene: Scene, dataset: DatasetView, replica: ReplicaView | undefined): Cell[] {
  const {text, language} = scene;
  const lag = replica?.lagSeconds ?? null;
  return [
    html`${dataset.name}<span class="line">${word(text.kinds, dataset.kind)}</span>`,
    replica ? `${replica.peer}/${replica.pool}` : text.none,
    state(scene, stateOf(replica)),
    lag === null ? text.none : duration(lag + scene.elapsedSeconds, language),
    dataset.rpoSeconds === null ? text.none : duration(dataset.rpoSeconds, language),
    moment(replica?.newestCreated ?? null, language),
    dataset.schedule ?? text.none,
    dataset.source,
  ];
}

function stateOf(replica: ReplicaView | undefined): string {
  if (replica === undefined) {
    return 'local';
  }
  if (replica.late) {
    return 'late';
  }
  if (replica.job !== null) {
    return 'running';
  }
  return replica.newest === null ? 'no-replica' : 'current';
}
