// An entry of the conversation: a wish, a notice, a step, a turn's end; and which of its buttons work.

import { append, coded, h, type Child } from './dom';
import type { Host, Session } from './host';
import type { Ended, Entry, Stepped } from './protocol';
import { said, stepView, type Acting } from './step';
import { showDiff } from './tabs/versions';

const RECENT = 12; // entries whose diffs are open

export function entryView(entry: Entry, session: Session, host: Host): HTMLElement {
  const node = h('div', { class: `vly-entry vly-entry-${entry.kind}` });
  switch (entry.kind) {
    case 'asked':
      append(node, h('div', { class: 'vly-asked', role: 'group', 'aria-label': host.t('You asked') }, entry.prompt));
      break;
    case 'notice':
      append(node, h('div', { class: entry.bad ? 'vly-trouble' : 'vly-notice' }, entry.text, entry.hint ? h('div', { class: 'vly-quiet' }, coded(entry.hint)) : null));
      break;
    case 'step':
      node.dataset.acts = acts(entry, session);
      isAnswer(entry) || append(node, stepView(entry.data, entry.html, host, acting(entry, session), isFarBack(entry, session)));
      break;
    case 'ended':
      append(node, endedView(entry, session, host));
  }
  return node;
}

function isFarBack(entry: Entry, { store }: Session): boolean {
  return entry.n < (store.entries[store.entries.length - RECENT]?.n ?? 0);
}

function endedView(entry: Ended, session: Session, host: Host): HTMLElement {
  const { store, actions } = session;
  const diff = h('div', { class: 'vly-all' });
  const trouble = h('div', { class: 'vly-trouble', role: 'alert' });
  const undo = (): void => void actions.goto(entry.start).catch(error => (trouble.textContent = String((error as Error).message)));
  const buttons: Child[] = [];
  if (entry.head > entry.start && entry.run === store.state?.run) {
    buttons.push(
      h('button', { type: 'button', class: 'vly-button', onclick: () => void showDiff(session, host, diff, entry.start, entry.head) }, host.t('See all changes')),
      h('button', { type: 'button', class: 'vly-button', onclick: undo }, host.t('Undo this turn'))
    );
  }
  // Where to look and how to undo it are the buttons.
  const facts = entry.facts.filter(fact => !/^(To undo|Where to look)/.test(fact.label));
  return h(
    'section',
    { class: `vly-end ${entry.good ? '' : 'vly-end-bad'}`, 'aria-label': entry.title },
    entry.html ? said(entry.html, host) : null,
    entry.good ? null : h('div', { class: 'vly-strong' }, entry.title),
    ...entry.notes.map(note => h('div', {}, coded(note))),
    h('dl', { class: 'vly-facts' }, ...facts.flatMap(fact => [h('dt', {}, fact.label), h('dd', {}, coded(fact.words))])),
    buttons.length ? h('div', { class: 'vly-row' }, ...buttons) : null,
    trouble,
    diff,
    entry.spent ? h('div', { class: 'vly-quiet' }, entry.spent) : null
  );
}

/** The answer that ends a turn is shown with the turn's end, unless a check complains of it. */
function isAnswer(entry: Stepped): boolean {
  const { calls, changes, proposal, question, checks, state } = entry.data;
  return state === 'done' && !calls.length && !changes.length && !proposal && !question && checks.every(check => check.status !== 'red');
}

/** Which of a step's buttons work: those of the turn that stands open, and versions that are there. */
export function acts(entry: Stepped, { store }: Session): string {
  const state = store.state;
  const current = !!state && entry.run === state.run && entry.data.turn === state.turn;
  const waits = current && !state.running && state.open && state.waiting !== null && entry.data.state === 'waiting';
  return waits ? 'waits' : state && entry.data.version !== null && entry.data.version <= state.versions ? 'goes' : '';
}

function acting(entry: Stepped, session: Session): Partial<Acting> {
  const { actions } = session;
  const { data } = entry;
  const state = acts(entry, session);
  return {
    ...(state === 'waits' && data.proposal
      ? { apply: picks => actions.apply(data.proposal?.id ?? '', picks), reject: reason => actions.reject(data.proposal?.id ?? '', reason) }
      : {}),
    ...(state === 'waits' && data.question ? { answer: words => actions.next(words) } : {}),
    ...(state === 'goes' && data.version !== null ? { goto: () => actions.goto(data.version ?? 0, data.tree) } : {})
  };
}
