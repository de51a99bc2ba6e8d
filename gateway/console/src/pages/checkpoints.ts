import {html, type TemplateResult} from 'lit';
import {count} from '../format.js';
import type {Page, Scene} from '../page.js';
import {asked, facts, moment, note, size, state, table} from '../parts.js';
import {word} from '../text/text.js';
import type {EtcdView} from '../views.js';

const ETCD = '/etcd';

export const checkpoints: Page = {
  id: 'checkpoints',
  paths: (settings) => (settings.get('checkpoints') === 'etcd' ? [ETCD] : []),
  again: true,
  draw,
};

function draw(scene: Scene): TemplateResult {
  const {text, language, status} = scene;
  const kept = status.checkpoints;
  return html`
    <section aria-label=${text.pages.checkpoints}>
      <p>${state(scene, kept.state)} ${kept.sentence}</p>
      ${facts([
        [text.facts.kept, word(text.kinds, kept.kind)],
        [text.col.since, moment(kept.since, language)],
      ])}
    </section>
    ${kept.kind === 'etcd' ? asked(scene, scene.remote<EtcdView>(ETCD), (etcd) => cluster(scene, etcd)) : note(text.etcd.none)}
  `;
}

function cluster(scene: Scene, etcd: EtcdView): TemplateResult {
  const {text, language} = scene;
  const c = text.col;
  return html`
    <section aria-labelledby="members">
      <h2 id="members">${text.etcd.members} ${state(scene, etcd.verdict)}</h2>
      ${facts([
        [text.facts.leader, etcd.leader || text.none],
        [text.facts.revision, count(etcd.revision, language)],
        [text.facts.cluster, etcd.clusterId || text.none],
      ])}
      ${table(
        text.etcd.members,
        [{head: c.member}, {head: c.role}, {head: c.endpoint}, {head: c.version}, {head: c.database, figure: true}, {head: c.why}],
        etcd.members.map((m) => [
          m.name || m.id,
          state(scene, m.role),
          m.endpoint,
          m.version || text.none,
          m.reason === '' ? size(m.databaseBytes) : text.none,
          m.reason || text.none,
        ]),
      )}
    </section>
    <section aria-labelledby="checks">
      <h2 id="checks">${text.etcd.checks}</h2>
      ${table(
        text.etcd.checks,
        [{head: c.check}, {head: c.state}, {head: c.value}, {head: c.limit}, {head: c.advice}],
        etcd.checks.map((check) => [check.name, state(scene, check.verdict), check.value, check.limit, check.advice || text.none]),
      )}
    </section>
  `;
}
