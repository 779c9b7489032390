// Live: the step under way, as it grows.

import { fill, h } from './dom';
import type { Session } from './host';
import type { News } from './store';

const BLOCK = 1500; // characters of live text laid out together

/** The step under way: what goes on in plain words, what was done, what the model says. */
export class LiveView {
  readonly node: HTMLElement;
  private log = h('ul', { class: 'vly-calls' });
  private words = h('div', { class: 'vly-live-words' });
  private last: Text | null = null;
  private shown = 0;
  private logged = '';

  constructor(private session: Session) {
    this.node = h('div', { class: 'vly-live', hidden: true }, this.words, this.log);
  }

  renew(): void {
    this.words.replaceChildren();
    this.last = null;
    this.shown = 0;
    this.grow();
  }

  take(news: News): void {
    const { store } = this.session;
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
    const { words } = this.session.store;
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
