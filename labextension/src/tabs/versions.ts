// Versions: the project's history, what each changed, and going back.

import { append, fill, h } from '../dom';
import { showChanges } from '../diff';
import type { Host, Session } from '../host';
import type { DiffData, VersionData, VersionList } from '../protocol';
import type { Setting, Tab, View } from './tabs';
import type { News } from '../store';

export const versions: Tab = {
  id: 'versions',
  label: host => host.t('Versions'),
  open: setting => new Versions(setting)
};

class Versions implements View {
  readonly node: HTMLElement;
  private list = h('ol', { class: 'vly-timeline' });
  private bar = h('div', { class: 'vly-row vly-bar' });
  private trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  private head = -1;

  constructor(private setting: Setting) {
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': setting.host.t('Versions') }, this.bar, this.trouble, this.list);
  }

  shown(): void {
    this.head = -1;
    void this.load();
  }

  take(news: News): void {
    const state = this.setting.session.store.state;
    if (news.state && state && state.version !== this.head && this.node.isConnected && !this.node.hidden) {
      void this.load();
    }
  }

  private async load(before?: number): Promise<void> {
    const { host, session } = this.setting;
    this.head = session.store.state?.version ?? -1;
    this.buttons();
    try {
      const found = await session.line()?.ask<VersionList>({ do: 'versions', before: before ?? null });
      if (!found) {
        return;
      }
      before === undefined && this.list.replaceChildren();
      append(this.list, ...found.versions.map(one => this.row(one, found.head)));
      if (found.more) {
        const last = found.versions[found.versions.length - 1].number;
        const more = h('li', {}, h('button', { type: 'button', class: 'vly-link', onclick: () => { more.remove(); void this.load(last); } }, host.t('Older versions')));
        append(this.list, more);
      }
    } catch (error) {
      this.say(error);
    }
  }

  private buttons(): void {
    const { host, session } = this.setting;
    const state = session.store.state;
    const act = (words: string, can: boolean, work: () => Promise<void>): HTMLElement =>
      h('button', { type: 'button', class: 'vly-button', disabled: !can, onclick: () => void this.act(work) }, words);
    fill(this.bar, act(host.t('Undo'), !!state?.undo && !state.running, () => session.actions.undo()), act(host.t('Redo'), !!state?.redo && !state.running, () => session.actions.redo()));
  }

  private async act(work: () => Promise<void>): Promise<void> {
    this.trouble.hidden = true;
    try {
      await work();
    } catch (error) {
      this.say(error);
    }
  }

  private say(error: unknown): void {
    this.trouble.hidden = false;
    this.trouble.textContent = String((error as Error).message);
  }

  private row(one: VersionData, head: number): HTMLElement {
    const { host, session } = this.setting;
    const diff = h('div', {});
    const here = one.number === head;
    const files = one.files.length ? host.t(one.files.length === 1 ? '%1 file' : '%1 files', one.files.length) : '';
    const show = h('details', { class: 'vly-fold' }, h('summary', {}, host.t('What changed')), diff);
    show.addEventListener('toggle', () => {
      if (show.open && !diff.firstChild) {
        void showDiff(session, host, diff, Math.max(1, one.number - 1), one.number);
      }
    });
    const label = host.t('Go to version %1', one.number);
    return h(
      'li',
      { class: here ? 'vly-here' : '', 'aria-current': here ? 'true' : undefined },
      h('div', { class: 'vly-when' }, h('b', {}, String(one.number)), ' · ', when(one.when), here ? h('span', { class: 'vly-tag' }, host.t('now')) : null),
      h('div', { class: 'vly-label' }, one.label),
      h('div', { class: 'vly-quiet', title: one.files.join('\n') }, files),
      one.number > 1 ? show : null,
      here ? null : h('button', { type: 'button', class: 'vly-link', 'aria-label': label, onclick: () => void this.act(() => session.actions.goto(one.number)) }, host.t('Go to this version'))
    );
  }
}

/** Fetch what lies between two versions and show it in a place. */
export async function showDiff(session: Session, host: Host, place: HTMLElement, older: number, newer: number): Promise<void> {
  fill(place, h('p', { class: 'vly-quiet' }, host.t('Looking…')));
  try {
    const found = await session.line()?.ask<DiffData>({ do: 'diff', older, newer });
    found && showChanges(place, found.changes, host);
  } catch (error) {
    fill(place, h('p', { class: 'vly-trouble' }, String((error as Error).message)));
  }
}

/** A clock time for today, else a date. */
function when(stamp: string): string {
  const moment = new Date(stamp);
  const today = moment.toDateString() === new Date().toDateString();
  return today ? moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : moment.toLocaleDateString([], { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}
