// Windowed: of a long conversation only what is near is in the page; the rest is made when it is scrolled to.

import { h } from './dom';
import type { Entry } from './protocol';

const FIRST = 30; // entries shown to begin with
const SOME = 10; // entries added at once
const MOST = 80; // entries in the page

export class Windowed {
  readonly node = h('div', { class: 'vly-entries', role: 'log', 'aria-live': 'off' });
  private nodes = new Map<string, HTMLElement>();
  private keys: string[] = []; // of what is shown
  private first = 0; // where it begins among all
  private known = 0; // how many there were

  constructor(
    private scroller: HTMLElement,
    private entries: () => Entry[],
    private make: (entry: Entry) => HTMLElement
  ) {}

  /** Nothing is left out above. */
  get atHead(): boolean {
    return this.first === 0;
  }

  /** Nothing is left out below. */
  get atTail(): boolean {
    return this.end === this.known;
  }

  /** Make everything anew, and show the newest. */
  renew(): void {
    this.nodes.clear();
    this.toTail();
  }

  toTail(): void {
    const entries = this.entries();
    this.known = entries.length;
    this.first = Math.max(0, entries.length - FIRST);
    const shown = entries.slice(this.first);
    this.keys = shown.map(keyOf);
    this.node.replaceChildren(...shown.map(entry => this.of(entry)));
  }

  /** Entries are new or changed, or older ones came in before the first; `follow` lets go of what is far above. */
  update(changed: Entry[], follow: boolean): void {
    const entries = this.entries();
    for (const entry of changed) {
      const old = this.nodes.get(keyOf(entry));
      if (old) {
        const made = this.make(entry);
        this.nodes.set(keyOf(entry), made);
        old.parentNode && old.replaceWith(made);
      }
    }
    const tail = this.atTail;
    if (this.keys.length) {
      this.first = entries.findIndex(entry => keyOf(entry) === this.keys[0]);
    }
    this.known = entries.length;
    if (tail) {
      this.append(entries.slice(this.end));
      follow && this.cut(MOST);
    }
  }

  /** Make an entry's node anew. */
  again(entry: Entry): void {
    this.update([entry], false);
  }

  nodeOf(entry: Entry): HTMLElement | undefined {
    return this.nodes.get(keyOf(entry));
  }

  /** Some more above; what a person looks at stays where it is. */
  up(): void {
    const from = Math.max(0, this.first - SOME);
    const more = this.entries().slice(from, this.first);
    while (this.keys.length + more.length > MOST) {
      this.keys.pop();
      this.node.lastChild?.remove();
    }
    this.still(() => {
      this.node.prepend(...more.map(entry => this.of(entry)));
      this.keys.unshift(...more.map(keyOf));
      this.first = from;
    });
  }

  /** Some more below. */
  down(): void {
    this.append(this.entries().slice(this.end, this.end + SOME));
    this.still(() => this.cut(MOST));
  }

  private get end(): number {
    return this.first + this.keys.length;
  }

  private append(entries: Entry[]): void {
    this.node.append(...entries.map(entry => this.of(entry)));
    this.keys.push(...entries.map(keyOf));
  }

  /** Leave out what is far above. */
  private cut(most: number): void {
    for (; this.keys.length > most; this.first += 1) {
      this.keys.shift();
      this.node.firstChild?.remove();
    }
  }

  private still(change: () => void): void {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    change();
    this.scroller.scrollTop = this.scroller.scrollHeight - below;
  }

  private of(entry: Entry): HTMLElement {
    const known = this.nodes.get(keyOf(entry));
    const node = known ?? this.make(entry);
    known ?? this.nodes.set(keyOf(entry), node);
    return node;
  }
}

function keyOf(entry: Entry): string {
  return entry.key || `n${entry.n}`;
}
