import {html, nothing, type TemplateResult} from 'lit';
import {NO_PATHS, type Page, type Scene} from '../page.js';
import {facts, moment, note, size, state} from '../parts.js';
import {verdictCard} from '../probe.js';
import type {PeerView} from '../views.js';

export const peers: Page = {id: 'peers', paths: NO_PATHS, again: false, draw};

function draw(scene: Scene): TemplateResult {
  const all = scene.status.peers;
  return all.length === 0 ? note(scene.text.peers.none) : html`${all.map((peer) => card(scene, peer))}`;
}

function card(scene: Scene, peer: PeerView): TemplateResult {
  const {text, language} = scene;
  const stream = peer.stream;
  return html`<section class="card" aria-label=${peer.name} data-peer=${peer.name}>
    <h2>${peer.name} ${state(scene, peer.revoked === null ? stream.state : 'revoked')}</h2>
    ${stream.reason === '' || peer.revoked !== null ? nothing : html`<p class="why">${stream.reason}</p>`}
    ${facts([
      [text.col.since, moment(peer.revoked ?? stream.since, language)],
      [text.col.endpoint, stream.through === null ? peer.endpoint : `${peer.endpoint}, ${text.peers.through(stream.through)}`],
      [text.col.roundTrip, stream.roundTripMillis === null ? text.none : `${stream.roundTripMillis.toFixed(1)} ms`],
      [text.col.sent, size(stream.sentBytes)],
      [text.col.received, size(stream.receivedBytes)],
      [text.col.channels, String(stream.channels)],
      [text.col.times, String(stream.connections)],
    ])}
    ${peer.probe === null ? nothing : html`<h3 class="aside">${text.probe.title}</h3>${verdictCard(scene, peer.probe)}`}
  </section>`;
}
