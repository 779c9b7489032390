// Preview: the app, running beside the notebook, as on a phone or on a desktop; and what is wrong with it.
// The frame has the true width, and is made smaller to fit: what is seen is what such a screen shows.

import { fill, h } from '../dom';
import type { MailData, PreviewData } from '../protocol';
import { complaint } from '../step';
import type { News } from '../store';
import type { Setting, Tab, View } from './tabs';

const HERE = ['localhost', '127.0.0.1', '[::1]'];
const SOURCE = /^(?:\/(?!\/)|http:\/\/127\.0\.0\.1:\d+\/)/; // a path of this server, or this machine
const PHONE = [390, 844];
const DESKTOP = [1280, 900];
const LONG = 120_000; // ms until a server that starts has answered

type Act = 'state' | 'start' | 'stop' | 'look';

export const preview: Tab = {
  id: 'preview',
  label: host => host.t('Preview'),
  open: setting => new Preview(setting)
};

class Preview implements View {
  readonly node: HTMLElement;
  private bar = h('div', { class: 'vly-row vly-bar' });
  private status = h('p', { class: 'vly-quiet', role: 'status' });
  private frame = h('iframe', { class: 'vly-preview' });
  private place = h('div', { class: 'vly-screen', hidden: true }, this.frame);
  private codes = h('div', { hidden: true });
  private found = h('div', {});
  private phone = true;
  private busy = false;
  private note = ''; // what the start came to, until the next one
  private data: PreviewData | null = null;

  constructor(private setting: Setting) {
    const { host } = setting;
    this.frame.title = host.t('The app');
    this.node = h('div', { class: 'vly-scroll', tabindex: '0', 'aria-label': host.t('Preview') }, this.bar, this.status, this.codes, this.place, this.found);
    new ResizeObserver(() => this.fit()).observe(this.node);
    this.show();
  }

  shown(): void {
    void this.act('state');
  }

  take(news: News): void {
    if (news.state && !this.setting.session.store.state?.running && this.node.isConnected && !this.node.hidden) {
      void this.act('state');
    }
  }

  private async act(act: Act): Promise<void> {
    const { host, session } = this.setting;
    if (this.busy || !session.store.state?.project) {
      return;
    }
    this.busy = act !== 'state';
    this.busy && this.show(act === 'start' ? host.t('Starting…') : host.t('Looking…'));
    let trouble = '';
    try {
      const away = !HERE.includes(location.hostname);
      this.data = (await session.line()?.ask<PreviewData>({ do: 'preview', act, away }, LONG)) ?? this.data;
      this.note = act === 'start' || act === 'stop' ? this.data?.note ?? '' : this.note;
    } catch (error) {
      trouble = String((error as Error).message);
    }
    this.busy = false;
    this.show(trouble);
  }

  private show(words = ''): void {
    const { host } = this.setting;
    const state = this.data?.state ?? 'off';
    const up = state === 'up';
    const width = h('button', { type: 'button', class: 'vly-button', 'aria-pressed': String(this.phone), disabled: !up, onclick: () => this.turn() }, host.t('Phone'));
    fill(
      this.bar,
      up ? this.button(host.t('Stop'), true, () => void this.act('stop')) : this.button(host.t('Start'), true, () => void this.act('start')),
      this.button(host.t('Reload'), up, () => this.reload()),
      width,
      this.button(host.t('Look for errors'), up, () => void this.act('look')),
      up && this.safe() ? h('a', { class: 'vly-link', href: this.safe(), target: '_blank', rel: 'noopener' }, host.t('Open in a tab')) : null
    );
    const said = { off: host.t('The app isn’t running.'), starting: host.t('Starting…'), up: host.t('Running at %1', this.data?.url ?? ''), failed: host.t('The app’s server ended. Start it again.') };
    this.status.textContent = [words || said[state], this.note].filter(Boolean).join(' ');
    this.showCodes(up ? this.data?.mails : null);
    this.place.hidden = !up;
    this.fit();
    const source = up ? this.safe() : '';
    if (source && this.frame.getAttribute('src') !== source) {
      this.frame.src = source;
    } else if (!source) {
      this.frame.removeAttribute('src');
    }
    fill(this.found, ...(this.data?.found ?? []).map(one => complaint(one, host)));
  }

  private button(label: string, can: boolean, work: () => void): HTMLElement {
    return h('button', { type: 'button', class: 'vly-button', disabled: !can || this.busy, onclick: work }, label);
  }

  /** Where people sign in to the stand-in: the codes of the mails that it kept. */
  private showCodes(mails: MailData[] | null | undefined): void {
    const { host } = this.setting;
    const said = mails?.length ? host.t('The stand-in sends no mail. The newest codes to sign in with:') : host.t('The stand-in sends no mail: a code to sign in with comes here. None came yet.');
    this.codes.hidden = !mails;
    fill(
      this.codes,
      h('p', { class: 'vly-row vly-quiet' }, said, ' ', this.button(host.t('Look for a code'), true, () => void this.act('state'))),
      ...(mails ?? []).map(one => h('p', {}, h('code', {}, one.code || one.subject), ` ${host.t('for %1', one.to)}`))
    );
  }

  private fit(): void {
    const [width, height] = this.phone ? PHONE : DESKTOP;
    const scale = Math.min(1, (this.place.clientWidth || width) / width);
    this.frame.style.width = `${width}px`;
    this.frame.style.height = `${height}px`;
    this.frame.style.transform = `scale(${scale})`;
    this.place.style.height = `${Math.ceil(height * scale)}px`;
  }

  private safe(): string {
    const source = this.data?.source ?? '';
    return SOURCE.test(source) ? source : '';
  }

  private turn(): void {
    this.phone = !this.phone;
    this.show();
  }

  private reload(): void {
    this.frame.src = this.safe();
  }
}
