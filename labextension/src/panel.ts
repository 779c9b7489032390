// The panel: a head, tabs, what goes on, the prompt. The same in JupyterLab's side bar and in a widget.

import { append, fill, h, unique } from './dom';
import { Composer } from './composer';
import { firstView, waitingView } from './first';
import type { Host, Session } from './host';
import { TABS, type View } from './tabs/tabs';
import type { News } from './store';

const OFTEN = 3000; // ms between two questions where a turn stands

/** Show a session in a place; what is given back takes it away again. */
export function mountPanel(root: HTMLElement, session: Session, host: Host): () => void {
  const panel = new Panel(session, host);
  root.replaceChildren(panel.node);
  return () => panel.dispose();
}

class Panel {
  readonly node: HTMLElement;
  private title = h('span', { class: 'vly-name' });
  private about = h('span', { class: 'vly-quiet' });
  private doing: Doing;
  private composer: Composer;
  private views = new Map<string, View>();
  private buttons = new Map<string, HTMLButtonElement>();
  private body = h('div', { class: 'vly-body' });
  private cover = h('div', { class: 'vly-cover' });
  private covered = '';
  private leave: () => void;

  constructor(
    private session: Session,
    private host: Host
  ) {
    this.composer = new Composer(session, host);
    this.doing = new Doing(session, host);
    const tabs = h('div', { class: 'vly-tabs', role: 'tablist', 'aria-label': host.t('Views'), onkeydown: (event: Event) => this.arrow(event as KeyboardEvent) });
    for (const tab of TABS) {
      const button = h('button', { type: 'button', role: 'tab', id: unique(`tab-${tab.id}`), class: 'vly-tab', onclick: () => this.open(tab.id) }, tab.label(host));
      this.buttons.set(tab.id, button);
      append(tabs, button);
    }
    const head = h('header', { class: 'vly-top' }, h('div', { class: 'vly-brand' }, this.title, this.about));
    this.node = h('div', { class: 'vly-panel' }, head, tabs, this.body, this.cover, this.doing.node, this.composer.node);
    this.leave = session.store.listen(news => this.take(news));
    this.open(session.draft.tab);
    this.take({ entries: [], fresh: true, older: false, grew: '', live: true, state: true });
  }

  dispose(): void {
    this.leave();
    this.doing.dispose();
  }

  private take(news: News): void {
    for (const view of this.views.values()) {
      view.take?.(news);
    }
    this.composer.take(news);
    this.doing.take(news);
    if (news.state) {
      this.refresh();
    }
  }

  private refresh(): void {
    const { state, standing, beginning } = this.session.store;
    this.title.textContent = state?.project ?? 'vly';
    this.about.textContent = state?.project ? this.host.t('version %1', state.version) : '';
    const cover = beginning && !state?.project ? 'beginning' : standing !== 'ready' ? standing : state?.project ? '' : 'first';
    this.cover.hidden = cover === '';
    this.body.hidden = cover !== '';
    this.node.classList.toggle('vly-covered', cover !== '');
    if (cover !== this.covered) {
      this.covered = cover;
      fill(this.cover, this.coverFor(cover));
    }
  }

  private coverFor(cover: string): HTMLElement | null {
    const { host } = this;
    switch (cover) {
      case 'first':
        return firstView(host, host.first);
      case 'beginning':
        return h('p', { class: 'vly-quiet', role: 'status' }, host.t('One moment: the app is made ready. The notebook shows how far it is.'));
      case 'connecting':
        return waitingView(host, () => this.session.actions.stop());
      case 'lost':
        return h('p', { class: 'vly-quiet', role: 'status' }, host.t('The kernel is gone. It is there again when you start it.'));
      case 'none':
        return h('p', { class: 'vly-quiet', role: 'status' }, host.t('This notebook’s kernel has no vly: install it there with pip install vly_nb.'));
      default:
        return null;
    }
  }

  private open(id: string): void {
    const tab = TABS.find(one => one.id === id) ?? TABS[0];
    this.session.draft.tab = tab.id;
    let view = this.views.get(tab.id);
    if (!view) {
      view = tab.open({ session: this.session, host: this.host, prompt: words => { this.open('chat'); this.composer.put(words); } });
      view.node.setAttribute('role', 'tabpanel');
      view.node.setAttribute('aria-labelledby', this.buttons.get(tab.id)?.id ?? '');
      this.views.set(tab.id, view);
      append(this.body, view.node);
    }
    for (const [name, button] of this.buttons) {
      button.setAttribute('aria-selected', String(name === tab.id));
      button.tabIndex = name === tab.id ? 0 : -1;
    }
    for (const [name, one] of this.views) {
      one.node.hidden = name !== tab.id;
    }
    view.shown?.();
  }

  private arrow(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) {
      const at = TABS.findIndex(tab => tab.id === this.session.draft.tab);
      const next = TABS[(at + by + TABS.length) % TABS.length].id;
      this.open(next);
      this.buttons.get(next)?.focus();
    }
  }
}

/** What goes on, in plain words; and a turn that stands still, with the way on. */
class Doing {
  readonly node = h('div', { class: 'vly-doing', hidden: true });
  private words = h('span', { class: 'vly-doing-words' });
  private clock = h('span', { class: 'vly-quiet vly-clock', 'aria-hidden': 'true' });
  private next: HTMLButtonElement;
  private spoken = h('div', { class: 'vly-hidden', role: 'status', 'aria-live': 'polite' });
  private dot = h('span', { class: 'vly-dot', 'aria-hidden': 'true' });
  private timer: number;
  private said = 0;
  private asked = false;
  private heard = 0;

  constructor(
    private session: Session,
    private host: Host
  ) {
    this.next = h('button', { type: 'button', class: 'vly-button', onclick: () => void session.actions.next().catch(() => undefined) }, host.t('Next step'));
    append(this.node, this.dot, this.words, this.clock, this.next, this.spoken);
    this.timer = window.setInterval(() => {
      this.tick();
      this.keepUp();
    }, 1000);
  }

  dispose(): void {
    window.clearInterval(this.timer);
  }

  take(news: News): void {
    const { store } = this.session;
    const { state, live } = store;
    const stands = !!state?.open && !state.waiting && !store.busy;
    this.node.hidden = !(store.busy || stands);
    this.next.hidden = !stands;
    this.dot.hidden = this.clock.hidden = !store.busy;
    const words = store.stopping
      ? this.host.t('stopping')
      : stands
        ? this.host.t('The next step waits.')
        : live
          ? live.line && !/^(thinking|writing)/.test(live.doing) ? `${live.doing}: ${live.line}` : live.doing
          : store.sending !== null
            ? this.host.t('starting')
            : this.host.t('working');
    if (words !== this.words.textContent) {
      this.words.textContent = words;
      this.words.title = words;
    }
    news.live && this.tick();
    this.announce(news, stands);
  }

  /** While a turn runs the kernel is asked now and then where it stands: its last words may have been dropped. */
  private keepUp(): void {
    const { store } = this.session;
    if (store.busy && !this.asked && performance.now() - this.heard > OFTEN) {
      this.asked = true;
      const done = (): void => {
        this.asked = false;
        this.heard = performance.now();
      };
      const line = this.session.line();
      line ? void line.ask({ do: 'state' }, 20_000).then(done, done) : done();
    }
  }

  /** A screen reader hears of steps and ends, not of every letter. */
  private announce(news: News, stands: boolean): void {
    const last = news.entries[news.entries.length - 1];
    const t = this.host.t.bind(this.host);
    if (last?.kind === 'step') {
      this.spoken.textContent = last.data.state === 'waiting' ? t('Step %1 waits for you: %2', last.data.step, last.data.title) : t('Step %1 done: %2', last.data.step, last.data.title);
    } else if (last?.kind === 'ended') {
      this.spoken.textContent = last.title;
    } else if (last?.kind === 'notice') {
      this.spoken.textContent = last.text;
    } else if (!stands && this.session.store.live && performance.now() - this.said > 5000) {
      this.said = performance.now();
      this.spoken.textContent = this.session.store.live.doing;
    }
  }

  private tick(): void {
    const { live, liveSince } = this.session.store;
    const seconds = live ? Math.floor((performance.now() - liveSince) / 1000) : 0;
    this.clock.textContent = seconds >= 2 ? `${seconds} s` : '';
  }
}
