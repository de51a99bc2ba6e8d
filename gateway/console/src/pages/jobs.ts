import {html, nothing, type TemplateResult} from 'lit';
import {bytes, count, rate} from '../format.js';
import type {Page, Scene} from '../page.js';
import {asked, moment, note, size, state, table, type Cell} from '../parts.js';
import {word} from '../text/text.js';
import type {JobView} from '../views.js';

const JOBS = '/jobs';
const ENDED = new Set(['done', 'failed', 'cancelled']);

export const jobs: Page = {id: 'jobs', paths: () => [JOBS], again: true, draw};

function draw(scene: Scene): TemplateResult {
  const {text, status} = scene;
  return html`
    <section aria-labelledby="under-way">
      <h2 id="under-way">${text.jobs.underWay}</h2>
      ${status.jobs.length === 0 ? note(text.jobs.noneUnderWay) : jobTable(scene, text.jobs.underWay, status.jobs)}
    </section>
    <section aria-labelledby="ended">
      <h2 id="ended">${text.jobs.ended}</h2>
      ${asked(scene, scene.remote<JobView[]>(JOBS), (all) => {
        const ended = all.filter((job) => ENDED.has(job.state));
        return ended.length === 0 ? note(text.jobs.noneEnded) : jobTable(scene, text.jobs.ended, ended);
      })}
    </section>
  `;
}

/** Jobs, with what each waits for and how far it is; counters go on through attempts that were cut off. */
export function jobTable(scene: Scene, label: string, list: JobView[]): TemplateResult {
  const c = scene.text.col;
  const columns = [
    {head: c.dataset},
    {head: c.to},
    {head: c.state},
    {head: c.progress},
    {head: c.wire, figure: true},
    {head: `${c.started}, ${c.ended.toLowerCase()}`},
    {head: c.job},
  ];
  return table(label, columns, list.map((job) => row(scene, job)));
}

function row(scene: Scene, job: JobView): Cell[] {
  const {text, language} = scene;
  return [
    html`${job.dataset}<span class="line">${word(text.kinds, job.kind)}</span>`,
    job.peer === null ? job.pool : `${job.peer}/${job.pool}`,
    html`${state(scene, job.state)}${why(job)}`,
    progress(scene, job),
    size(job.progress.wireSentBytes + job.progress.wireReceivedBytes),
    html`${moment(job.started, language)}${job.ended === null ? nothing : html`<br />${moment(job.ended, language)}`}`,
    html`<code>${job.id}</code>`,
  ];
}

function why(job: JobView): Cell {
  const sentence = job.failure ?? job.waitingFor;
  return sentence === null ? nothing : html`<span class="why">${sentence}</span>`;
}

/** A bar only where the whole is known; one that is done is full, whatever was estimated. */
function progress(scene: Scene, job: JobView): TemplateResult {
  const {text, language} = scene;
  const p = job.progress;
  const done = job.state === 'done';
  const total = done ? p.sourceBytes : p.totalBytes;
  const words =
    total === null || done
      ? bytes(p.sourceBytes)
      : (p.totalsExact ? text.jobs.of : text.jobs.ofAbout)(bytes(p.sourceBytes), bytes(Math.max(total, p.sourceBytes)));
  return html`
    ${total === null || ENDED.has(job.state)
      ? nothing
      : html`<progress max=${Math.max(total, p.sourceBytes, 1)} .value=${p.sourceBytes} aria-label="${job.dataset}: ${words}"></progress>`}
    <span class="line">${words}, ${text.jobs.entries(count(p.entries, language))}</span>
    ${ENDED.has(job.state) || job.state === 'waiting' ? nothing : html`<span class="line">${rate(p.bytesPerSecond)}</span>`}
    ${p.current === null || ENDED.has(job.state) ? nothing : html`<span class="line path" title=${p.current}>${text.jobs.reading(p.current)}</span>`}
    ${job.tries > 1 ? html`<span class="line">${text.jobs.resumed(job.tries)}</span>` : nothing}
  `;
}
