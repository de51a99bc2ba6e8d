import {html, nothing, type TemplateResult} from 'lit';
import {duration} from './format.js';
import type {Scene} from './page.js';
import {copyable, facts, table} from './parts.js';
import {word} from './text/text.js';
import type {ProbeView} from './views.js';

/** The verdict of a probe: one line first, then what it rests on, what to ask of whom, what to add, and each step. */
export function verdictCard(scene: Scene, probe: ProbeView): TemplateResult {
  const t = scene.text.probe;
  const meaning = word(t.verdicts, probe.verdict);
  return html`<article class="verdict" data-verdict=${probe.verdict}>
    <h3><code>${probe.verdict}</code>${meaning === probe.verdict ? nothing : html` <span>${meaning}</span>`}</h3>
    ${facts([
      [t.layer, probe.layer],
      [t.confidence, word(t.confidences, probe.confidence)],
    ])}
    ${probe.quarantineSeconds === null ? nothing : html`<p>${t.quarantine(duration(probe.quarantineSeconds, scene.language))}</p>`}
    ${probe.evidence.length === 0
      ? nothing
      : html`<h4>${t.evidence}</h4>
          <ul class="evidence">${probe.evidence.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
    ${probe.ask === '' ? nothing : html`<h4>${t.ask}</h4>${copyable(scene, t.ask, probe.ask, 'prose')}`}
    ${probe.rule === '' ? nothing : html`<h4>${t.rule}</h4>${copyable(scene, t.rule, probe.rule)}`}
    ${probe.steps.length === 0 ? nothing : steps(scene, probe)}
  </article>`;
}

function steps(scene: Scene, probe: ProbeView): TemplateResult {
  const t = scene.text.probe;
  const rows = probe.steps.map((step) => [
    step.step,
    step.target || scene.text.none,
    step.result,
    `${step.millis} ms`,
    html`${Object.entries(step.details).map(([name, value]) => html`<span class="detail"><b>${name}</b> ${value}</span>`)}`,
  ]);
  const columns = [{head: t.step}, {head: t.target}, {head: t.result}, {head: t.took, figure: true}, {head: t.details}];
  return html`<details><summary>${t.steps(probe.steps.length)}</summary>${table(t.steps(probe.steps.length), columns, rows)}</details>`;
}
