import {html, nothing, type TemplateResult} from 'lit';
import type {Page, Scene} from '../page.js';
import {asked, moment, note, state, table, type Cell} from '../parts.js';
import {word} from '../text/text.js';
import type {ServiceView} from '../views.js';

const SERVICES = '/services';

export const gateways: Page = {id: 'gateways', paths: () => [SERVICES], again: true, draw};

function draw(scene: Scene): TemplateResult {
  const {text} = scene;
  return asked(scene, scene.remote<ServiceView[]>(SERVICES), (all) => {
    const first = all.filter((service) => service.kind === 'gateway');
    const rest = all.filter((service) => service.kind !== 'gateway');
    return html`
      ${first.length === 0 ? nothing : part(scene, 'gateways', text.gateways.gateways, first)}
      ${rest.length === 0 ? nothing : part(scene, 'rest', text.gateways.rest, rest)}
      ${all.length === 0 ? note(text.gateways.none) : nothing}
    `;
  });
}

function part(scene: Scene, id: string, title: string, services: ServiceView[]): TemplateResult {
  const {text, language} = scene;
  const c = text.col;
  const columns = [{head: c.name}, {head: c.kind}, {head: c.state}, {head: c.owner}, {head: c.since}, {head: c.why}];
  const rows: Cell[][] = services.map((service) => [
    service.name,
    word(text.kinds, service.kind),
    state(scene, service.state),
    service.owner || text.none,
    moment(service.since, language),
    service.reason || text.none,
  ]);
  return html`<section aria-labelledby=${id}><h2 id=${id}>${title}</h2>${table(title, columns, rows)}</section>`;
}
