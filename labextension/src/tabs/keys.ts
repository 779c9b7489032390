// Keys: which keys are there and which are missing, by name. A value goes to the kernel, never back.

import { append, fill, h } from '../dom';
import { keyForm } from '../keyform';
import type { KeyData, KeyList } from '../protocol';
import type { Setting, Tab, View } from './tabs';

export const keys: Tab = {
  id: 'keys',
  label: host => host.t('Keys'),
  open: setting => new Keys(setting)
};

class Keys implements View {
  readonly node: HTMLElement;
  private list = h('div', {});
  private said = h('div', { class: 'vly-quiet', role: 'status' });
  private trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });

  constructor(private setting: Setting) {
    const { host, session } = setting;
    const more = keyForm(session, host, null, () => this.changed(host.t('It is kept.')));
    this.node = h(
      'div',
      { class: 'vly-scroll', tabindex: '0', 'aria-label': host.t('Keys'), 'data-lm-suppress-shortcuts': 'true' },
      h('p', { class: 'vly-quiet' }, host.t('Keys lie in a vault outside the project, for you alone. Neither the model, the notebook nor this page sees a value.')),
      this.trouble,
      this.list,
      h('h3', { class: 'vly-h vly-another' }, host.t('Add a key')),
      more,
      this.said
    );
  }

  shown(): void {
    this.said.textContent = '';
    void this.load();
  }

  private changed(words: string): void {
    this.said.textContent = words;
    void this.load();
  }

  private async load(): Promise<void> {
    const { session } = this.setting;
    try {
      const found = await session.line()?.ask<KeyList>({ do: 'keys' });
      this.say('');
      found && fill(this.list, h('ul', { class: 'vly-keylist' }, ...found.keys.map(key => this.row(key))), ...found.notes.map(note => h('p', { class: 'vly-quiet' }, note)));
    } catch (error) {
      this.say(String((error as Error).message));
    }
  }

  private row(key: KeyData): HTMLElement {
    const { host, session } = this.setting;
    const there = key.where !== '';
    const place = h('div', {});
    const set = h('button', { type: 'button', class: 'vly-link', 'aria-label': host.t(there ? 'Change %1' : 'Set %1', key.name), 'aria-expanded': 'false' }, host.t(there ? 'Change' : 'Set'));
    set.addEventListener('click', () => {
      const open = !place.firstChild;
      set.setAttribute('aria-expanded', String(open));
      fill(place, open ? keyForm(session, host, key.name, () => this.changed(host.t('%1 is kept.', key.name))) : null);
      place.querySelector('input')?.focus();
    });
    const row = h('div', { class: 'vly-keyrow' }, h('code', {}, key.name), h('span', { class: 'vly-grow' }), set);
    if (key.kept) {
      append(row, h('button', { type: 'button', class: 'vly-link', 'aria-label': host.t('Remove %1', key.name), onclick: () => void this.remove(key.name) }, host.t('Remove')));
    }
    const where = there ? h('div', { class: 'vly-quiet' }, h('span', { class: 'vly-good' }, '✓ '), key.where) : h('div', { class: 'vly-missing' }, host.t('missing'));
    return h('li', {}, row, where, place);
  }

  private async remove(name: string): Promise<void> {
    const { host, session } = this.setting;
    try {
      await session.line()?.ask({ do: 'remove_key', name });
      this.changed(host.t('%1 is no longer in the vault.', name));
    } catch (error) {
      this.say(String((error as Error).message));
    }
  }

  private say(words: string): void {
    this.trouble.hidden = !words;
    this.trouble.textContent = words;
  }
}
