// Problems: what the rules and the checks say of the project as it is; "fix these" asks vly to.

import { fill, h } from '../dom';
import type { DiagnosticData, ProblemList } from '../protocol';
import { complaint } from '../step';
import type { Setting, Tab, View } from './tabs';

const ASKED = 20; // complaints in one wish

export const problems: Tab = {
  id: 'problems',
  label: host => host.t('Problems'),
  open: setting => new Problems(setting)
};

class Problems implements View {
  readonly node: HTMLElement;
  private found = h('div', { class: 'vly-found' });
  private check: HTMLButtonElement;

  constructor(private setting: Setting) {
    const { host } = setting;
    this.check = h('button', { type: 'button', class: 'vly-button', onclick: () => void this.load(true) }, host.t('Run the checks'));
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': host.t('Problems') }, h('div', { class: 'vly-row vly-bar' }, this.check), this.found);
  }

  shown(): void {
    void this.load(false);
  }

  private async load(check: boolean): Promise<void> {
    const { host, session } = this.setting;
    this.check.disabled = true;
    fill(this.found, h('p', { class: 'vly-quiet', role: 'status' }, check ? host.t('Checking…') : host.t('Looking…')));
    try {
      const list = await session.line()?.ask<ProblemList>({ do: 'problems', check }, 300_000);
      list && fill(this.found, this.view(list));
    } catch (error) {
      fill(this.found, h('p', { class: 'vly-trouble', role: 'alert' }, String((error as Error).message)));
    } finally {
      this.check.disabled = false;
    }
  }

  private view(list: ProblemList): HTMLElement {
    const { host } = this.setting;
    const many = list.found.length;
    const head = many === 0 ? host.t('Nothing new is wrong.') : host.t(many === 1 ? '%1 problem' : '%1 problems', many);
    const fix = h('button', { type: 'button', class: 'vly-primary', onclick: () => this.setting.prompt(this.wish(list.found)) }, host.t('Fix these'));
    return h(
      'div',
      {},
      h('div', { class: 'vly-row' }, h('span', { class: 'vly-strong', role: 'status' }, head), many ? fix : null),
      ...list.checks.map(words => h('div', { class: 'vly-quiet' }, words)),
      ...list.found.map(one => complaint(one, host)),
      list.known ? h('p', { class: 'vly-quiet' }, host.t('%1 more were there when the project was mounted: %vly lint --all lists them.', list.known)) : null
    );
  }

  private wish(found: DiagnosticData[]): string {
    const lines = found.slice(0, ASKED).map(one => `- ${one.path ?? ''}${one.line === null ? '' : `:${one.line}`} ${one.code}: ${one.message}`);
    return `${this.setting.host.t('Fix these problems:')}\n${lines.join('\n')}`;
  }
}
