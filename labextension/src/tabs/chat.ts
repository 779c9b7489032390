// Chat: the conversation, the step under way, where it goes on.

import { fill, h } from '../dom';
import { acts, entryView } from '../entry';
import { noKey } from '../keyform';
import { LiveView } from '../live';
import type { Page } from '../protocol';
import type { News } from '../store';
import { Windowed } from '../windowed';
import type { Setting, Tab, View } from './tabs';

const NEAR = 60; // pixels from the end that count as being there
const REACH = 1000; // pixels from where the page's entries end at which more are put in

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
  private list: Windowed;
  private older: HTMLButtonElement;
  private latest: HTMLElement;
  private live: LiveView;
  private start = h('div', { class: 'vly-start' });
  private keyless = h('div', { hidden: true });
  private tail: HTMLElement;
  private atEnd = true;
  private was = 0;
  private loading = false;

  constructor(private setting: Setting) {
    const { host, session } = setting;
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': host.t('The conversation') });
    this.list = new Windowed(this.node, () => session.store.entries, entry => entryView(entry, session, host));
    this.older = h('button', { type: 'button', class: 'vly-link vly-older', hidden: true, onclick: () => void this.showOlder() }, host.t('Show what was before'));
    this.latest = h('div', { class: 'vly-latest', hidden: true }, h('button', { type: 'button', class: 'vly-button', onclick: () => this.toLatest() }, host.t('↓ Latest')));
    this.live = new LiveView(session);
    this.tail = h('div', {}, this.live.node, this.keyless);
    this.node.append(this.older, this.list.node, this.tail, this.start, this.latest);
    this.node.addEventListener('scroll', () => this.scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.toEnd());
    sizes.observe(this.list.node);
    sizes.observe(this.live.node);
    sizes.observe(this.node);
    this.renew();
  }

  shown(): void {
    this.toEnd();
  }

  take(news: News): void {
    const { store } = this.setting.session;
    news.fresh ? this.renew() : this.list.update(news.entries, this.atEnd);
    // What a step's buttons do depends on where the session stands.
    if (news.state) {
      this.refreshWaiting();
      this.askForKey();
    }
    this.start.hidden = store.entries.length > 0 || store.busy;
    this.live.take(news);
    this.toEnd();
    this.edges();
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

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    const below = scrollHeight - scrollTop - clientHeight;
    const near = below < NEAR && this.list.atTail;
    this.atEnd = near || (this.atEnd && scrollTop >= this.was); // what grows below is followed, until a person goes up
    this.was = scrollTop;
    if (scrollTop < REACH) {
      void this.showOlder();
    } else if (below < REACH && !this.list.atTail) {
      this.list.down();
    }
    this.edges();
  }

  /** What is said where the page's entries end. */
  private edges(): void {
    this.older.hidden = this.list.atHead && !this.setting.session.store.more;
    this.tail.hidden = !this.list.atTail;
    this.latest.hidden = this.atEnd;
  }

  private toEnd(): void {
    if (this.atEnd) {
      this.node.scrollTop = this.node.scrollHeight;
    }
  }

  private toLatest(): void {
    this.list.atTail || this.list.toTail();
    this.atEnd = true;
    this.edges();
    this.toEnd();
    this.node.focus();
  }

  private renew(): void {
    const { store } = this.setting.session;
    this.list.renew();
    fill(this.start, examples(this.setting));
    this.start.hidden = store.entries.length > 0;
    this.live.renew();
    this.atEnd = true;
    this.edges();
  }

  private async showOlder(): Promise<void> {
    const { session } = this.setting;
    const { store } = session;
    if (this.loading || (this.list.atHead && !store.more)) {
      return;
    }
    if (this.list.atHead) {
      this.loading = true;
      try {
        const page = await session.line()?.ask<Page>({ do: 'refill', before: store.entries[0]?.n ?? 0 });
        if (!page) {
          return;
        }
        store.older(page);
        this.list.update([], false);
      } catch {
        return; // the button stays
      } finally {
        this.loading = false;
      }
    }
    this.list.up();
    this.edges();
  }

  private refreshWaiting(): void {
    const { session } = this.setting;
    for (const entry of session.store.entries.slice(-40)) {
      const node = this.list.nodeOf(entry);
      if (entry.kind === 'step' && node && node.dataset.acts !== acts(entry, session)) {
        this.list.again(entry);
      }
    }
  }
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
