// The prompt: text with a history, @ completion, pictures and files dropped in, a queue, mode and model, send and stop.

import { fill, h } from './dom';
import type { Host, Session } from './host';
import type { Attached, Completion, Completions, State } from './protocol';
import type { News } from './store';
import { unique } from './dom';

const LONG = 3_600_000; // ms that a cell may run
const TEXT_FILE = 60_000; // characters of a dropped text file
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

export class Composer {
  readonly node: HTMLElement;
  readonly text: HTMLTextAreaElement;
  private send: HTMLButtonElement;
  private stop: HTMLButtonElement;
  private mode: HTMLSelectElement;
  private model: HTMLSelectElement;
  private queue = h('ul', { class: 'vly-queue' });
  private trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  private offers: Offers;
  private past = -1;
  /** The last change of mode or model: a wish waits until the kernel has heard of it. */
  private told: Promise<unknown> | undefined;

  constructor(
    private session: Session,
    private host: Host
  ) {
    const t = host.t.bind(host);
    this.text = h('textarea', { class: 'vly-prompt', rows: '3', 'aria-label': t('What would you like to change?'), placeholder: t('Say what you want changed. @ names a file.') });
    this.text.value = session.draft.text;
    this.offers = new Offers(this.text, session, t('Suggestions'));
    this.send = h('button', { type: 'button', class: 'vly-primary vly-send', onclick: () => void this.submit() }, t('Send'));
    this.stop = h('button', { type: 'button', class: 'vly-stop', hidden: true, onclick: () => void this.halt() }, t('Stop'));
    this.mode = h('select', { class: 'vly-select', 'aria-label': t('How far vly goes by itself'), onchange: () => this.settings({ mode: this.mode.value as State['mode'] }) },
      h('option', { value: 'run' }, t('Run on')), h('option', { value: 'step' }, t('Step by step')), h('option', { value: 'review' }, t('Review first')));
    this.model = h('select', { class: 'vly-select vly-model', 'aria-label': t('Model'), onchange: () => this.settings({ model: this.model.value }) });
    const file = h('input', { type: 'file', hidden: true, multiple: true, onchange: () => void this.attach(file.files) });
    const clip = h('button', { type: 'button', class: 'vly-icon', title: t('Attach a picture or a file'), 'aria-label': t('Attach a picture or a file'), onclick: () => file.click() }, '+');
    this.node = h('div', { class: 'vly-composer', 'data-lm-suppress-shortcuts': 'true' },
      this.queue, this.trouble,
      h('div', { class: 'vly-box-outer' }, this.text, this.offers.node,
        h('div', { class: 'vly-tools' }, clip, file, h('span', { class: 'vly-grow' }), this.stop, this.send)),
      h('div', { class: 'vly-how' }, this.mode, this.model, this.recordSwitch()));
    this.text.addEventListener('keydown', event => this.key(event));
    this.text.addEventListener('input', () => this.typed());
    this.text.addEventListener('paste', event => this.pasted(event));
    this.node.addEventListener('dragover', event => event.preventDefault());
    this.node.addEventListener('drop', event => {
      if (event.dataTransfer?.files.length) {
        event.preventDefault();
        void this.attach(event.dataTransfer.files);
      }
    });
    this.refresh();
  }

  take(news: News): void {
    news.state && this.refresh();
  }

  /** Put words into the prompt, for the person to look at and send; none leave it as it is. */
  put(words: string): void {
    if (words) {
      this.text.value = words;
      this.typed();
    }
    this.text.focus();
  }

  /** Take up the wish; while a turn runs it waits in the queue. */
  async submit(): Promise<void> {
    const words = this.text.value;
    if (!words.trim()) {
      this.text.focus();
      return;
    }
    const { store, draft, actions } = this.session;
    draft.history.push(words);
    this.past = -1;
    this.text.value = draft.text = '';
    this.say('');
    try {
      await this.told;
      if (store.busy || store.state?.driving) {
        await this.queueUp([...(store.state?.queue ?? []), words]);
      } else {
        await actions.send(words);
      }
    } catch (error) {
      this.text.value ||= words;
      this.say(error);
    }
  }

  /** Shown at once: an old kernel hears of it only when its cell has ended. */
  private async queueUp(prompts: string[]): Promise<void> {
    const { store } = this.session;
    store.state && store.setState({ ...store.state, queue: prompts });
    await this.session.line()?.ask({ do: 'queue', prompts }, LONG);
  }

  private async halt(): Promise<void> {
    this.session.store.set({ stopping: true });
    try {
      await this.session.actions.stop();
    } catch (error) {
      this.say(error);
    } finally {
      this.session.store.set({ stopping: this.session.store.state?.running ?? false });
    }
  }

  private settings(change: { mode?: State['mode']; model?: string }): void {
    this.told = this.session.line()?.ask({ do: 'set', ...change }).catch(error => this.say(error));
  }

  private refresh(): void {
    const { store } = this.session;
    const { state, busy, stopping } = store;
    const ready = store.standing === 'ready' && !!state?.project;
    const t = this.host.t.bind(this.host);
    this.stop.hidden = !busy && !state?.open;
    this.stop.textContent = stopping ? t('Stopping…') : busy ? t('Stop') : t('End turn');
    this.stop.disabled = stopping;
    this.send.textContent = busy ? t('Queue') : t('Send');
    this.send.disabled = !ready;
    this.mode.disabled = this.model.disabled = !ready;
    if (state) {
      this.mode.value = state.mode;
      const models = state.models.map(model => h('option', { value: model }, model));
      if (state.models.join() !== Array.from(this.model.options, option => option.value).join()) {
        fill(this.model, ...models);
      }
      this.model.value = state.model;
      this.showQueue(state.queue);
    }
  }

  private showQueue(prompts: string[]): void {
    const t = this.host.t.bind(this.host);
    fill(this.queue, ...prompts.map((prompt, n) => h('li', {},
      h('span', { class: 'vly-queued', title: prompt }, prompt),
      h('button', { type: 'button', class: 'vly-icon', title: t('Take it out of the queue'), 'aria-label': t('Take “%1” out of the queue', prompt.slice(0, 40)), onclick: () => void this.queueUp(prompts.filter((_, at) => at !== n)).catch(error => this.say(error)) }, '×'))));
    this.queue.hidden = prompts.length === 0;
    this.queue.setAttribute('aria-label', t('Waiting their turn'));
  }

  private recordSwitch(): HTMLElement | null {
    const record = this.host.record;
    if (!record) {
      return null;
    }
    const box = h('input', { type: 'checkbox', id: unique('record'), onchange: () => record.set(box.checked) });
    box.checked = record.on;
    return h('label', { class: 'vly-record', for: box.id, title: this.host.t('Each step becomes a cell, so that the notebook can be run again') }, box, this.host.t('In the notebook'));
  }

  private key(event: KeyboardEvent): void {
    if (this.offers.key(event)) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void this.submit();
    } else if (event.key === 'ArrowUp' && this.text.selectionStart === 0 && this.text.selectionEnd === 0) {
      this.recall(event, 1);
    } else if (event.key === 'ArrowDown' && this.past >= 0 && this.text.selectionStart === this.text.value.length) {
      this.recall(event, -1);
    } else if (event.key === 'Escape' && this.session.store.busy) {
      void this.halt();
    }
  }

  private recall(event: Event, by: number): void {
    const { history } = this.session.draft;
    const at = Math.max(-1, Math.min(history.length - 1, this.past + by));
    if (at !== this.past) {
      event.preventDefault();
      this.past = at;
      this.text.value = at < 0 ? '' : history[history.length - 1 - at];
      const cursor = by > 0 ? 0 : this.text.value.length;
      this.text.setSelectionRange(cursor, cursor);
    }
  }

  private typed(): void {
    this.session.draft.text = this.text.value;
    void this.offers.look();
  }

  private pasted(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (files?.length) {
      event.preventDefault();
      void this.attach(files);
    }
  }

  private async attach(files: FileList | null): Promise<void> {
    for (const file of Array.from(files ?? [])) {
      try {
        this.insert(await this.words(file));
      } catch (error) {
        this.say(error);
      }
    }
  }

  /** A picture is kept beside the notebook and named; a text goes into the prompt. */
  private async words(file: File): Promise<string> {
    if (PICTURE.test(file.type)) {
      const found = await this.session.line()?.ask<Attached>({ do: 'attach', name: file.name || 'picture', data: await base64(file) });
      return found?.mention ?? '';
    }
    const text = await file.text();
    if (text.includes('\0')) {
      throw new Error(this.host.t('%1 is neither a picture nor text.', file.name));
    }
    const cut = text.length > TEXT_FILE ? this.host.t(' (the first %1 characters)', TEXT_FILE) : '';
    return `\n${this.host.t('The file %1', file.name)}${cut}:\n${text.slice(0, TEXT_FILE)}\n`;
  }

  private insert(words: string): void {
    const { selectionStart: at, value } = this.text;
    const space = at > 0 && !/\s$/.test(value.slice(0, at)) ? ' ' : '';
    this.text.setRangeText(`${space}${words} `, at, this.text.selectionEnd, 'end');
    this.typed();
    this.text.focus();
  }

  private say(error: unknown): void {
    this.trouble.hidden = !error;
    const hint = (error as { trouble?: { hint: string } }).trouble?.hint ?? '';
    this.trouble.textContent = error ? `${String((error as Error).message ?? error)} ${hint}`.trim() : '';
  }
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** What may stand after an @: a list box under the prompt. */
class Offers {
  readonly node: HTMLElement;
  private items: Completion[] = [];
  private fragment = '';
  private at = 0;
  private asked = 0;

  constructor(
    private text: HTMLTextAreaElement,
    private session: Session,
    label: string
  ) {
    this.node = h('ul', { class: 'vly-offers', role: 'listbox', id: unique('offers'), 'aria-label': label, hidden: true });
    text.setAttribute('aria-controls', this.node.id);
    text.setAttribute('aria-autocomplete', 'list');
    text.addEventListener('blur', () => window.setTimeout(() => this.show([]), 150));
  }

  async look(): Promise<void> {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const number = ++this.asked;
    if (!/(^|[\s(,])@[\w./()[\]+~$-]*$/.test(before)) {
      this.show([]);
      return;
    }
    try {
      const found = await this.session.line()?.ask<Completions>({ do: 'complete', before: before.slice(-2000) }, 3000);
      if (found && number === this.asked) {
        this.fragment = found.fragment;
        this.show(found.items.slice(0, 12));
      }
    } catch {
      this.show([]);
    }
  }

  /** Whether a key was meant for the list. */
  key(event: KeyboardEvent): boolean {
    if (this.node.hidden) {
      return false;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      this.at = (this.at + by + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      this.pick(this.at);
    } else if (event.key === 'Escape') {
      this.show([]);
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private show(items: Completion[]): void {
    this.items = items;
    this.at = 0;
    this.node.hidden = items.length === 0;
    fill(this.node, ...items.map((item, n) => h('li', { role: 'option', id: `${this.node.id}-${n}`, onmousedown: (event: Event) => { event.preventDefault(); this.pick(n); } }, item.text)));
    this.mark();
  }

  private mark(): void {
    Array.from(this.node.children).forEach((item, n) => item.setAttribute('aria-selected', String(n === this.at)));
    this.node.hidden ? this.text.removeAttribute('aria-activedescendant') : this.text.setAttribute('aria-activedescendant', `${this.node.id}-${this.at}`);
  }

  private pick(n: number): void {
    const end = this.text.selectionStart;
    const start = end - this.fragment.length;
    this.text.setRangeText(`${this.items[n].text} `, start, end, 'end');
    this.show([]);
    this.text.dispatchEvent(new Event('input'));
  }
}
