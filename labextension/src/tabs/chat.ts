// Chat: the conversation, the step under way, where it goes on.

import { append, coded, fill, h, type Child } from '../dom';
import { noKey } from '../keyform';
import type { Setting, Tab, View } from './tabs';
import type { Ended, Entry, Page, Stepped } from '../protocol';
import { said, stepView, type Acting } from '../step';
import type { News } from '../store';
import { showDiff } from './versions';

const NEAR = 60; // pixels from the end that count as being there
const RECENT = 12; // entries whose diffs are open
const BLOCK = 1500; // characters of live text laid out together

export const EXAMPLES = [
  'Make the landing page feel warm and friendly, with a headline that says what the app does',
  'Add a page where I can keep a list of tasks and tick them off',
  'Find what looks broken on a phone, and mend it'
];

export const chat: Tab = {
  id: 'chat',
  label: host => host.t('Chat'),
  open: setting => new Chat(setting)
};

class Chat implements View {
  readonly node: HTMLElement;
  private list = h('div', { class: 'vly-entries', role: 'log', 'aria-live': 'off' });
  private older: HTMLButtonElement;
  private live: LiveView;
  private start: HTMLElement;
  private keyless = h('div', { hidden: true });
  private nodes = new Map<string, HTMLElement>();
  private atEnd = true;
  private was = 0;
  private loading = false;

  constructor(private setting: Setting) {
    const { host } = setting;
    this.older = h('button', { type: 'button', class: 'vly-link vly-older', hidden: true, onclick: () => void this.loadOlder() }, host.t('Show what was before'));
    this.live = new LiveView(setting);
    this.start = h('div', { class: 'vly-start' });
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': host.t('The conversation') }, this.older, this.start, this.list, this.live.node, this.keyless);
    this.node.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.node;
      const near = scrollHeight - scrollTop - clientHeight < NEAR;
      this.atEnd = near || (this.atEnd && scrollTop >= this.was); // what grows below is followed, until a person goes up
      this.was = scrollTop;
      if (scrollTop < 400 && setting.session.store.more) {
        void this.loadOlder();
      }
    }, { passive: true });
    const sizes = new ResizeObserver(() => this.toEnd());
    sizes.observe(this.list);
    sizes.observe(this.live.node);
    sizes.observe(this.node);
    this.renew();
  }

  shown(): void {
    this.toEnd();
  }

  take(news: News): void {
    if (news.fresh) {
      this.renew();
    } else if (news.older) {
      this.prepend();
    } else {
      news.entries.forEach(entry => this.put(entry));
    }
    // What a step's buttons do depends on where the session stands.
    if (news.state) {
      this.refreshWaiting();
      this.askForKey();
    }
    this.start.hidden = this.setting.session.store.entries.length > 0 || this.setting.session.store.busy;
    this.live.take(news);
    this.older.hidden = !this.setting.session.store.more;
    this.toEnd();
  }

  /** A field for the model's key, for as long as there is none that works. */
  private askForKey(): void {
    const { session, host } = this.setting;
    const there = (session.store.state?.key ?? 'set') === 'set';
    if (there !== this.keyless.hidden) {
      this.keyless.hidden = there;
      fill(this.keyless, there ? null : noKey(session, host, () => this.setting.prompt('')));
    }
  }

  private toEnd(): void {
    if (this.atEnd) {
      this.node.scrollTop = this.node.scrollHeight;
    }
  }

  private renew(): void {
    const { store } = this.setting.session;
    this.nodes.clear();
    this.list.replaceChildren();
    store.entries.forEach(entry => this.put(entry));
    fill(this.start, examples(this.setting));
    this.start.hidden = store.entries.length > 0;
    this.older.hidden = !store.more;
    this.live.renew();
    this.atEnd = true;
  }

  private put(entry: Entry): void {
    const key = entry.key || `n${entry.n}`;
    const old = this.nodes.get(key);
    const made = this.view(entry);
    this.nodes.set(key, made);
    old ? old.replaceWith(made) : this.list.appendChild(made);
  }

  private prepend(): void {
    const { entries } = this.setting.session.store;
    const before = this.node.scrollHeight - this.node.scrollTop;
    const made: HTMLElement[] = [];
    for (const entry of entries) {
      const key = entry.key || `n${entry.n}`;
      if (!this.nodes.has(key)) {
        const node = this.view(entry);
        this.nodes.set(key, node);
        made.push(node);
      }
    }
    this.list.prepend(...made);
    this.node.scrollTop = this.node.scrollHeight - before;
  }

  private async loadOlder(): Promise<void> {
    const { session } = this.setting;
    const { store } = session;
    const first = store.entries[0]?.n;
    if (this.loading || first === undefined) {
      return;
    }
    this.loading = true;
    try {
      const page = await session.line()?.ask<Page>({ do: 'refill', before: first });
      page && store.older(page);
    } catch {
      // the button stays
    } finally {
      this.loading = false;
    }
  }

  private refreshWaiting(): void {
    for (const entry of this.setting.session.store.entries.slice(-40)) {
      const node = this.nodes.get(entry.key);
      if (entry.kind === 'step' && node && node.dataset.acts !== acts(entry, this.setting)) {
        this.put(entry);
      }
    }
  }

  private view(entry: Entry): HTMLElement {
    const { host } = this.setting;
    const node = h('div', { class: `vly-entry vly-entry-${entry.kind}` });
    switch (entry.kind) {
      case 'asked':
        append(node, h('div', { class: 'vly-asked', role: 'group', 'aria-label': host.t('You asked') }, entry.prompt));
        break;
      case 'notice':
        append(node, h('div', { class: entry.bad ? 'vly-trouble' : 'vly-notice' }, entry.text, entry.hint ? h('div', { class: 'vly-quiet' }, coded(entry.hint)) : null));
        break;
      case 'step':
        node.dataset.acts = acts(entry, this.setting);
        isAnswer(entry) || append(node, stepView(entry.data, entry.html, host, acting(entry, this.setting), this.farBack(entry)));
        break;
      case 'ended':
        append(node, this.ended(entry));
    }
    return node;
  }

  private farBack(entry: Entry): boolean {
    const { entries } = this.setting.session.store;
    return entry.n < (entries[entries.length - RECENT]?.n ?? 0);
  }

  private ended(entry: Ended): HTMLElement {
    const { host, session } = this.setting;
    const changed = entry.head > entry.start;
    const mine = entry.run === session.store.state?.run;
    const buttons: Child[] = [];
    const diff = h('div', { class: 'vly-all' });
    if (changed && mine) {
      buttons.push(
        h('button', { type: 'button', class: 'vly-button', onclick: () => void this.showAll(entry, diff) }, host.t('See all changes')),
        h('button', { type: 'button', class: 'vly-button', onclick: () => void this.setting.session.actions.goto(entry.start).catch(() => undefined) }, host.t('Undo this turn'))
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
      diff,
      entry.spent ? h('div', { class: 'vly-quiet' }, entry.spent) : null
    );
  }

  private async showAll(entry: Ended, place: HTMLElement): Promise<void> {
    const { host, session } = this.setting;
    await showDiff(session, host, place, entry.start, entry.head);
  }
}

/** The answer that ends a turn is shown with the turn's end, unless a check complains of it. */
function isAnswer(entry: Stepped): boolean {
  const { calls, changes, proposal, question, checks, state } = entry.data;
  return state === 'done' && !calls.length && !changes.length && !proposal && !question && checks.every(check => check.status !== 'red');
}

/** Which of a step's buttons work: those of the turn that stands open, and versions that are there. */
function acts(entry: Stepped, setting: Setting): string {
  const state = setting.session.store.state;
  const current = !!state && entry.run === state.run && entry.data.turn === state.turn;
  const waits = current && !state.running && state.open && state.waiting !== null && entry.data.state === 'waiting';
  return waits ? 'waits' : state && entry.data.version !== null && entry.data.version <= state.versions ? 'goes' : '';
}

function acting(entry: Stepped, setting: Setting): Partial<Acting> {
  const { actions } = setting.session;
  const { data } = entry;
  const state = acts(entry, setting);
  return {
    ...(state === 'waits' && data.proposal
      ? { apply: picks => actions.apply(data.proposal?.id ?? '', picks), reject: reason => actions.reject(data.proposal?.id ?? '', reason) }
      : {}),
    ...(state === 'waits' && data.question ? { answer: words => actions.next(words) } : {}),
    ...(state === 'goes' && data.version !== null ? { goto: () => actions.goto(data.version ?? 0, data.tree) } : {})
  };
}

function examples(setting: Setting): HTMLElement {
  const { host } = setting;
  return h(
    'div',
    {},
    h('h2', { class: 'vly-h' }, host.t('What would you like to change?')),
    h('p', { class: 'vly-quiet' }, host.t('Say it in your own words. Every step is shown, checked, and can be undone.')),
    ...EXAMPLES.map(words => h('button', { type: 'button', class: 'vly-choice', onclick: () => setting.prompt(host.t(words)) }, host.t(words)))
  );
}

/** The step under way: what goes on in plain words, what was done, what the model says. */
class LiveView {
  readonly node: HTMLElement;
  private log = h('ul', { class: 'vly-calls' });
  private words = h('div', { class: 'vly-live-words' });
  private last: Text | null = null;
  private shown = 0;
  private logged = '';

  constructor(private setting: Setting) {
    this.node = h('div', { class: 'vly-live', hidden: true }, this.words, this.log);
  }

  renew(): void {
    this.words.replaceChildren();
    this.last = null;
    this.shown = 0;
    this.grow();
  }

  take(news: News): void {
    const { store } = this.setting.session;
    this.node.hidden = !store.live;
    if (news.fresh || store.words.length < this.shown) {
      this.renew();
    } else {
      this.grow();
    }
    const log = (store.live?.log ?? []).join('\n');
    if (log !== this.logged) {
      this.logged = log;
      fill(this.log, ...(store.live?.log ?? []).map(line => h('li', {}, line)));
    }
  }

  /** Add what is new; a block is closed at a line's end, so that a long answer is laid out once. */
  private grow(): void {
    const { words } = this.setting.session.store;
    let more = words.slice(this.shown);
    this.shown = words.length;
    while (more) {
      if (!this.last) {
        this.last = document.createTextNode('');
        this.words.appendChild(h('div', {}, this.last));
      }
      const room = BLOCK - this.last.length;
      const cut = room > 0 ? (more.length <= room ? more.length : lastBreak(more, room)) : 0;
      this.last.appendData(more.slice(0, cut));
      more = more.slice(cut);
      if (more) {
        this.last = null;
      }
    }
  }
}

function lastBreak(text: string, room: number): number {
  const line = text.lastIndexOf('\n', room);
  const word = text.lastIndexOf(' ', room);
  return line > 0 ? line + 1 : word > 0 ? word + 1 : room;
}
