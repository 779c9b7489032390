// Cost: tokens, and money where the price is known, turn by turn.

import { fill, h } from '../dom';
import type { CostData } from '../protocol';
import type { Setting, Tab, View } from './tabs';
import type { News } from '../store';

export const cost: Tab = {
  id: 'cost',
  label: host => host.t('Cost'),
  open: setting => new Cost(setting)
};

class Cost implements View {
  readonly node: HTMLElement;
  private table = h('div', {});
  private front = false;

  constructor(private setting: Setting) {
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': setting.host.t('Cost') }, this.table);
  }

  shown(): void {
    this.front = true;
    void this.load();
  }

  take(news: News): void {
    if (this.front && news.entries.some(entry => entry.kind === 'ended')) {
      void this.load();
    }
  }

  private async load(): Promise<void> {
    const { host, session } = this.setting;
    try {
      const found = await session.line()?.ask<CostData>({ do: 'cost' });
      if (found) {
        const rows = found.rows.map(row => h('tr', {}, h('th', { scope: 'row' }, String(row.turn)), h('td', {}, h('div', {}, row.prompt), h('div', { class: 'vly-quiet' }, row.words))));
        fill(this.table, h('p', { class: 'vly-strong' }, host.t('So far: %1', found.words)), h('table', { class: 'vly-table' }, h('tbody', {}, ...rows)));
      }
    } catch (error) {
      fill(this.table, h('p', { class: 'vly-trouble', role: 'alert' }, String((error as Error).message)));
    }
  }
}
