import {html, nothing, type TemplateResult} from 'lit';
import {count, duration, rate} from '../format.js';
import type {Page, Scene} from '../page.js';
import {asked, facts, moment, note, size, state, table, type Cell} from '../parts.js';
import {word} from '../text/text.js';
import type {ApplianceView, ConnectionView} from '../views.js';

const APPLIANCES = '/appliances';

export const appliances: Page = {id: 'appliances', paths: () => [APPLIANCES], again: true, draw};

function draw(scene: Scene): TemplateResult {
  return asked(scene, scene.remote<ApplianceView[]>(APPLIANCES), (all) =>
    all.length === 0 ? note(scene.text.appliances.none) : html`${all.map((appliance) => card(scene, appliance))}`,
  );
}

function card(scene: Scene, {status, programs, connections}: ApplianceView): TemplateResult {
  const {text, language} = scene;
  const f = status.figures;
  const missing = f.connections - connections.length;
  return html`<section class="card" aria-label=${status.name} data-appliance=${status.name}>
    <h2>${status.name} ${state(scene, status.state)}</h2>
    ${status.reason === '' ? nothing : html`<p class="why">${status.reason}</p>`}
    ${facts([
      [text.col.where, word(text.kinds, status.side)],
      [text.col.peer, status.peers.join(', ') || text.none],
      [text.col.address, status.address],
      [text.col.since, moment(status.since, language)],
      [text.col.connections, `${count(f.connections, language)} (${text.col.held}: ${f.held})`],
      [text.col.datagrams, count(f.datagramClients, language)],
      [text.col.speed, rate(f.bytesPerSecond)],
      [text.col.toPeer, size(f.toPeerBytes)],
      [text.col.fromPeer, size(f.fromPeerBytes)],
      [text.col.dedup, `${f.dedupRatio.toFixed(1)} : 1`],
      [text.col.failures, count(f.failures, language)],
    ])}
    ${status.lastError === null
      ? nothing
      : html`<p class="why">${text.col.lastError}, ${moment(status.lastError.at, language)}: ${status.lastError.sentence}</p>`}
    <h3 class="aside">${text.appliances.connections}</h3>
    ${connections.length === 0 ? note(text.appliances.noConnections) : connectionTable(scene, status.name, connections)}
    ${missing > 0 ? note(text.appliances.more(missing)) : nothing}
    <details>
      <summary>${text.appliances.programs} (${word(text.kinds, programs.source)})</summary>
      ${programs.reason === '' ? nothing : html`<p class="why">${programs.reason}</p>`}
      ${programs.programs.length === 0
        ? note(text.appliances.noPrograms)
        : table(
            `${status.name}: ${text.appliances.programs}`,
            [{head: text.col.programs}, {head: text.col.version}, {head: 'netid'}, {head: text.col.port, figure: true}],
            programs.programs.map((p) => [String(p.program), String(p.version), p.netid, String(p.port)]),
          )}
    </details>
  </section>`;
}

function connectionTable(scene: Scene, name: string, connections: ConnectionView[]): TemplateResult {
  const {text} = scene;
  const c = text.col;
  const columns = [
    {head: c.client},
    {head: c.port, figure: true},
    {head: c.peer},
    {head: c.state},
    {head: c.age, figure: true},
    {head: c.toPeer, figure: true},
    {head: c.fromPeer, figure: true},
    {head: c.speed, figure: true},
    {head: c.unconfirmed, figure: true},
    {head: c.dedup},
  ];
  return table(`${name}: ${text.appliances.connections}`, columns, connections.map((connection) => row(scene, connection)));
}

function row(scene: Scene, c: ConnectionView): Cell[] {
  return [
    c.client,
    String(c.port),
    c.peer,
    c.heldSince === null
      ? state(scene, 'open')
      : html`${state(scene, 'held')} <span class="line">${scene.text.since} ${moment(c.heldSince, scene.language)}</span>`,
    duration(c.ageSeconds, scene.language),
    size(c.toPeerBytes),
    size(c.fromPeerBytes),
    rate(c.bytesPerSecond),
    size(c.retainedBytes),
    `${c.dedup.state}, ${c.dedup.ratio.toFixed(1)} : 1`,
  ];
}
