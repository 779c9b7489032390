// What a panel knows of a session: the conversation, the step under way, where things stand.

import type { Entry, Live, Page, State, Update, Welcome } from './protocol';

export type Standing = 'none' | 'connecting' | 'ready' | 'lost';

/** What of a store is news. */
export interface News {
  entries: Entry[]; // new or changed
  fresh: boolean; // everything is
  older: boolean; // entries came in before the first
  grew: string;
  live: boolean;
  state: boolean;
}

const NOTHING = (): News => ({ entries: [], fresh: false, older: false, grew: '', live: false, state: false });

export class Store {
  state: State | null = null;
  entries: Entry[] = [];
  more = false;
  live: Live | null = null;
  liveSince = 0;
  words = '';
  standing: Standing = 'connecting';
  /** What the panel itself is about to do: a wish that is on its way. */
  sending: string | null = null;
  stopping = false;
  /** A project is being made or mounted from the panel. */
  beginning = false;
  /** Words that are shown have a gap: the page must be filled anew. */
  onGap: () => void = () => undefined;

  /** The last update that came. */
  private told = 0;
  private news = NOTHING();
  private listeners = new Set<(news: News) => void>();
  private due = false;

  listen(take: (news: News) => void): () => void {
    this.listeners.add(take);
    return () => this.listeners.delete(take);
  }

  welcome(welcome: Welcome): void {
    this.state = welcome.state;
    this.told = welcome.state.told;
    this.standing = 'ready';
    this.fill(welcome.page);
  }

  fill(page: Page): void {
    this.entries = [...page.entries];
    this.more = page.more;
    this.words = page.words;
    this.setLive(page.live);
    this.tell({ fresh: true, state: true, live: true });
  }

  older(page: Page): void {
    this.entries = [...page.entries, ...this.entries];
    this.more = page.more;
    this.tell({ older: true });
  }

  take(update: Update): void {
    const missed = update.number > this.told + 1;
    this.told = update.number;
    for (const entry of update.entries) {
      this.put(entry);
    }
    if (update.live && this.live?.step !== update.live.step) {
      this.words = '';
    }
    this.setLive(update.live);
    if (this.live) {
      this.words += update.grew;
      if (this.live.size !== this.words.length) {
        this.live.size === update.grew.length ? (this.words = update.grew) : this.onGap();
      }
    } else {
      this.words = '';
    }
    this.news.grew += update.grew;
    this.tell({ live: true });
    if (update.state) {
      this.setState(update.state);
    }
    missed && this.onGap();
  }

  setState(state: State): void {
    const other = this.state !== null && this.state.run !== state.run;
    this.state = state;
    if (!state.running) {
      this.stopping = false;
    }
    if (other || state.told > this.told) {
      this.onGap(); // a server drops what is too much for it, without a word
    }
    this.tell({ state: true });
  }

  set(change: Partial<Pick<Store, 'standing' | 'sending' | 'stopping' | 'beginning'>>): void {
    Object.assign(this, change);
    this.tell({ state: true });
  }

  /** A turn runs, or is about to. */
  get busy(): boolean {
    return this.sending !== null || !!this.state?.running;
  }

  private put(entry: Entry): void {
    const at = this.entries.findIndex(one => (entry.key ? one.key === entry.key : one.n === entry.n));
    at < 0 ? this.entries.push(entry) : (this.entries[at] = entry);
    this.news.entries.push(entry);
    if (entry.kind === 'asked') {
      this.sending = null;
    }
  }

  private setLive(live: Live | null): void {
    if (live && live.step !== this.live?.step) {
      this.liveSince = performance.now() - live.seconds * 1000;
    }
    this.live = live;
  }

  private tell(news: Partial<News>): void {
    Object.assign(this.news, news);
    if (!this.due) {
      this.due = true;
      // A page that is hidden gets no frames, but must not fall behind.
      document.hidden ? window.setTimeout(() => this.flush(), 200) : window.requestAnimationFrame(() => this.flush());
    }
  }

  private flush(): void {
    this.due = false;
    const news = this.news;
    this.news = NOTHING();
    for (const take of [...this.listeners]) {
      take(news);
    }
  }
}

const REST = 200; // ms between two fillings

/** What may be asked for often is done once at a time, with a rest before; what fails is left to the next time. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let busy = false;
  return () => {
    if (!busy) {
      busy = true;
      window.setTimeout(() => void work().catch(() => undefined).finally(() => (busy = false)), REST);
    }
  };
}
