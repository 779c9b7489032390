// Keys: which keys are there, by name. A value is never sent to a page.

import { fill, h } from '../dom';
import type { KeyList } from '../protocol';
import type { Setting, Tab, View } from './tabs';

export const keys: Tab = {
  id: 'keys',
  label: host => host.t('Keys'),
  open: setting => new Keys(setting)
};

class Keys implements View {
  readonly node: HTMLElement;
  private list = h('div', {});

  constructor(private setting: Setting) {
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': setting.host.t('Keys') }, this.list);
  }

  shown(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const { host, session } = this.setting;
    try {
      const found = await session.line()?.ask<KeyList>({ do: 'keys' });
      found && fill(this.list, keysView(found, host.t));
    } catch (error) {
      fill(this.list, h('p', { class: 'vly-trouble', role: 'alert' }, String((error as Error).message)));
    }
  }
}

function keysView(found: KeyList, t: (words: string) => string): HTMLElement {
  if (!found.names.length) {
    return h('div', {}, h('p', { class: 'vly-strong' }, t('No key is set.')), h('p', { class: 'vly-quiet' }, t('Start Jupyter with ANTHROPIC_API_KEY in its environment, or with ANTHROPIC_BASE_URL for another endpoint.')));
  }
  return h('ul', { class: 'vly-keylist' }, ...found.names.map(name => h('li', {}, h('code', {}, name), h('span', { class: 'vly-good' }, ` ✓ ${t('set')}`))));
}
