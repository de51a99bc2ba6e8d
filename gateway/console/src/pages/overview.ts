import {html, nothing, type TemplateResult} from 'lit';
import {duration} from '../format.js';
import {NO_PATHS, type Page, type Scene} from '../page.js';
import {facts, moment, note, size, state} from '../parts.js';
import {verdictCard} from '../probe.js';
import type {AlarmView} from '../views.js';
import {jobTable} from './jobs.js';

export const overview: Page = {id: 'overview', paths: NO_PATHS, again: false, draw};

function draw(scene: Scene): TemplateResult {
  const {text, status} = scene;
  return html`
    <section aria-labelledby="alarms">
      <h2 id="alarms">${text.alarms.title}</h2>
      ${status.alarms.length === 0
        ? html`<p class="note well">${text.alarms.none}</p>`
        : html`<ul class="alarms">${status.alarms.map((alarm) => html`<li>${alarmCard(scene, alarm)}</li>`)}</ul>`}
    </section>
    <ul class="tiles">${tiles(scene)}</ul>
    <section aria-labelledby="under-way">
      <h2 id="under-way">${text.jobs.underWay}</h2>
      ${status.jobs.length === 0 ? note(text.jobs.noneUnderWay) : jobTable(scene, text.jobs.underWay, status.jobs)}
    </section>
    ${siteFacts(scene)}
  `;
}

function alarmCard(scene: Scene, alarm: AlarmView): TemplateResult {
  return html`<div class="alarm" data-alarm=${alarm.id}>
    <p class="sentence"><span class="mark" aria-hidden="true">!</span>${alarm.sentence}</p>
    <p class="since">${scene.text.since} ${moment(alarm.since, scene.language)}</p>
    ${alarm.probe === null ? nothing : verdictCard(scene, alarm.probe)}
  </div>`;
}

function tiles(scene: Scene): TemplateResult[] {
  const {text, status} = scene;
  const peers = status.peers.filter((peer) => peer.revoked === null);
  const up = peers.filter((peer) => peer.stream.state === 'up').length;
  const late = status.datasets.filter((dataset) => dataset.replicas.some((replica) => replica.late)).length;
  const waiting = status.jobs.filter((job) => job.state === 'waiting').length;
  const open = status.pools.filter((pool) => pool.state === 'open').length;
  const serving = status.appliances.filter((appliance) => appliance.state === 'up').length;
  return [
    tile(scene, 'peers', text.tile.peers(up, peers.length), up === peers.length ? 'well' : 'ill'),
    tile(scene, 'datasets', text.tile.datasets(late, status.datasets.length), late === 0 ? 'well' : 'ill'),
    tile(scene, 'jobs', text.tile.jobs(status.jobs.length - waiting, waiting), waiting === 0 ? 'well' : 'held-up'),
    tile(scene, 'pools', text.tile.pools(open, status.pools.length), open === status.pools.length ? 'well' : 'ill'),
    tile(
      scene,
      'appliances',
      text.tile.appliances(serving, status.appliances.length),
      serving === status.appliances.length ? 'well' : 'ill',
    ),
  ];
}

function tile(scene: Scene, page: Page['id'], figure: string, how: 'well' | 'held-up' | 'ill'): TemplateResult {
  return html`<li>
    <a href="#/${page}" class=${how}>
      <span class="name">${scene.text.pages[page]}</span><span class="figure">${figure}</span>
    </a>
  </li>`;
}

function siteFacts(scene: Scene): TemplateResult {
  const {text, language, status} = scene;
  const gateway = status.gateway;
  const up = (Date.parse(status.at) - Date.parse(gateway.started)) / 1000 + scene.elapsedSeconds;
  return facts([
    [text.facts.site, gateway.site],
    [text.facts.version, gateway.version],
    [text.facts.up, duration(up, language)],
    [text.facts.listen, gateway.listen],
    [text.pages.checkpoints, state(scene, status.checkpoints.state)],
    [text.facts.certificate, moment(gateway.certificateExpires, language)],
    [text.facts.memory, size(gateway.residentBytes)],
    [text.facts.authority, html`<code>${gateway.authority}</code>`],
  ]);
}
