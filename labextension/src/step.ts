// A step as a card: what was done, the diff, what the checks say, the version.

import { append, h, outside, safeHtml, type Child } from './dom';
import { changesView } from './diff';
import type { Host } from './host';
import type { CheckData, DiagnosticData, StepData } from './protocol';
import { questionView, reviewView, type Deciding } from './review';

/** What the card's buttons do; null when this step can no longer be acted on. */
export interface Acting extends Deciding {
  answer(words: string): Promise<void>;
  goto(): Promise<void>;
}

/** `html` is what the model said beyond the title; `acting` holds the buttons that work; `folded` closes diffs. */
export function stepView(data: StepData, html: string, host: Host, acting: Partial<Acting>, folded = false): HTMLElement {
  const waiting = data.state === 'waiting';
  const red = data.checks.some(check => check.status === 'red');
  const [mark, state] = waiting
    ? ['●', host.t('waits for you')]
    : data.state === 'stopped'
      ? ['■', host.t('stopped')]
      : red
        ? ['✗', host.t('the checks complain')]
        : ['✓', host.t('done')];
  const card = h(
    'article',
    { class: `vly-card ${waiting ? 'vly-waits' : ''} ${red ? 'vly-red' : ''}`, 'aria-label': host.t('Step %1: %2', data.step, data.title) },
    h(
      'header',
      { class: 'vly-head' },
      h('span', { class: 'vly-mark', role: 'img', 'aria-label': state, title: state }, mark),
      h('span', { class: 'vly-title' }, data.title)
    )
  );
  html && append(card, said(html, host));
  append(card, calls(data, host));
  data.refusals.length && append(card, h('div', { class: 'vly-refusals' }, h('div', { class: 'vly-strong' }, host.t('Turned away before anything was written')), ...data.refusals.map(one => complaint(one, host))));
  data.changes.length && append(card, changesView(data.changes, host, undefined, folded));
  data.files_left_out && append(card, h('div', { class: 'vly-quiet' }, host.t('%1 more files', data.files_left_out)));
  append(card, ...data.diagnostics.map(one => complaint(one, host)), ...data.checks.map(check => checkView(check, host)));
  if (data.proposal && waiting) {
    append(card, acting.apply && acting.reject ? reviewView(data.proposal, host, acting as Deciding) : passed(data, host));
  }
  if (data.question && waiting) {
    const { text, choices } = data.question;
    append(card, acting.answer ? questionView(text, choices, host, acting.answer) : h('p', { class: 'vly-pre' }, text));
  }
  data.sources.length && append(card, h('div', { class: 'vly-quiet' }, host.t('Read: '), ...sources(data)));
  append(card, foot(data, host, acting));
  return card;
}

/** A proposal that no longer waits, or whose session is gone. */
function passed(data: StepData, host: Host): HTMLElement {
  return h('div', {}, h('p', { class: 'vly-quiet' }, host.t('This was proposed, and no longer waits for you.')), changesView(data.proposal?.changes ?? [], host));
}

export function said(html: string, host: Host): HTMLElement {
  return h('div', { class: 'vly-said' }, safeHtml(host.sanitize ? host.sanitize(html) : html));
}

function calls(data: StepData, host: Host): Child {
  const shown = new Set([...data.changes, ...(data.proposal?.changes ?? [])].map(change => change.path));
  const told = data.calls.filter(call => call.failed || !Array.from(shown).some(path => call.line.includes(path)));
  if (!told.length) {
    return null;
  }
  const lines = told.map(call => h('li', { class: call.failed ? 'vly-failed' : '' }, call.failed ? host.t('failed: %1', call.line) : call.line));
  if (lines.length <= 3) {
    return h('ul', { class: 'vly-calls' }, ...lines);
  }
  return h('details', { class: 'vly-fold' }, h('summary', {}, host.t('%1 things done', lines.length)), h('ul', { class: 'vly-calls' }, ...lines));
}

export function complaint(one: DiagnosticData, host: Host): HTMLElement {
  const place = one.path ? `${one.path}${one.line === null ? '' : `:${one.line}`}` : '';
  const where =
    one.path && host.openFile
      ? h('button', { type: 'button', class: 'vly-link', onclick: () => host.openFile?.(one.path ?? '', one.line ?? 1) }, place)
      : place && h('code', {}, place);
  const weight = one.severity === 'error' ? host.t('Error') : one.severity === 'warning' ? host.t('Warning') : host.t('Note');
  return h(
    'div',
    { class: `vly-complaint vly-${one.severity}` },
    h('div', {}, h('span', { class: 'vly-weight' }, weight), where, h('span', { class: 'vly-quiet' }, one.code)),
    h('div', {}, one.message),
    one.advice ? h('div', { class: 'vly-quiet' }, `→ ${one.advice}`) : null
  );
}

export function checkView(check: CheckData, host: Host): HTMLElement {
  const red = check.status === 'red';
  const green = check.status === 'green';
  const words = green ? host.t('fine') : red ? (check.new_count ? host.t('%1 new', check.new_count) : host.t('failed')) : check.status;
  const known = check.known ? host.t(' · %1 known before', check.known) : '';
  const line = h('div', { class: `vly-check ${red ? 'vly-bad' : green ? 'vly-good' : ''}` }, h('span', { 'aria-hidden': 'true' }, red ? '✗ ' : green ? '✓ ' : '– '), `${check.name}: ${words}`, h('span', { class: 'vly-quiet' }, known));
  const note = check.note ? h('div', { class: 'vly-quiet' }, check.note) : null;
  if (!check.new.length) {
    return h('div', {}, line, note);
  }
  return h('div', {}, line, note, ...check.new.slice(0, 5).map(one => complaint(one, host)), more(check, host));
}

function more(check: CheckData, host: Host): Child {
  const rest = check.new.slice(5);
  return rest.length ? h('details', { class: 'vly-fold' }, h('summary', {}, host.t('%1 more', check.new_count - 5)), ...rest.map(one => complaint(one, host))) : null;
}

function sources(data: StepData): Child[] {
  return data.sources.flatMap((source, n) => {
    const link = h('a', {}, source.title || source.url);
    outside(link, source.url);
    return [n ? ', ' : '', link];
  });
}

function foot(data: StepData, host: Host, acting: Partial<Acting>): Child {
  const parts: Child[] = [];
  if (data.version !== null) {
    parts.push(h('span', { class: 'vly-version' }, host.t('Version %1', data.version)));
    if (acting.goto) {
      const label = host.t('Go to version %1', data.version);
      const trouble = h('span', { class: 'vly-trouble', role: 'alert' });
      parts.push(
        h('button', { type: 'button', class: 'vly-link', 'aria-label': label, title: label, onclick: () => void acting.goto?.().catch(error => (trouble.textContent = String((error as Error).message))) }, host.t('go back to it')),
        trouble
      );
    }
  }
  const tokens = data.usage.input + data.usage.cache_read + data.usage.cache_write;
  if (tokens + data.usage.output) {
    const money = data.cost === null ? '' : ` · $${data.cost >= 0.1 ? data.cost.toFixed(2) : data.cost.toFixed(4)}`;
    parts.push(h('span', { class: 'vly-quiet' }, host.t('%1 tokens in, %2 out', tokens.toLocaleString(), data.usage.output.toLocaleString()) + money));
  }
  if (data.replay) {
    parts.push(h('span', { class: data.replay.verified ? 'vly-good' : 'vly-bad' }, data.replay.verified ? host.t('replayed, verified') : host.t('replayed, drifted: %1', data.replay.drifted.join(', '))));
  }
  return parts.length ? h('footer', { class: 'vly-foot' }, ...parts) : null;
}
