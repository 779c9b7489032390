// Review: what is proposed, a box a file and a part, apply, reject with a reason; by keyboard too.

import { append, fill, h, onSubmit } from './dom';
import { changesView, type Choice } from './diff';
import type { Host, Picks } from './host';
import type { ChangeData, ProposalData } from './protocol';

export interface Deciding {
  apply(picks: Picks): Promise<void>;
  reject(reason: string): Promise<void>;
}

/** A proposal to decide on. */
export function reviewView(proposal: ProposalData, host: Host, deciding: Deciding): HTMLElement {
  const chosen = new Chosen(proposal.changes);
  const files = changesView(proposal.changes, host, chosen);
  const apply = h('button', { type: 'button', class: 'vly-primary' });
  const reject = h('button', { type: 'button', class: 'vly-button' }, host.t('Reject…'));
  const reason = h('input', {
    type: 'text',
    class: 'vly-input',
    'aria-label': host.t('Why not? vly is told'),
    placeholder: host.t('Why not? (vly is told)')
  });
  const no = h('button', { type: 'button', class: 'vly-primary' }, host.t('Reject'));
  const why = h('form', { class: 'vly-row', hidden: true }, reason, no);
  const trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  const act = async (work: Promise<void>): Promise<void> => {
    for (const button of [apply, reject, no]) {
      button.disabled = true;
    }
    try {
      await work;
    } catch (error) {
      trouble.hidden = false;
      trouble.textContent = String((error as Error).message);
      refresh();
      reject.disabled = no.disabled = false;
    }
  };
  const refresh = (): void => {
    apply.textContent = chosen.words(host);
    apply.disabled = chosen.count === 0;
    chosen.show(files);
  };
  chosen.changed = refresh;
  apply.addEventListener('click', () => void act(deciding.apply(chosen.picks)));
  reject.addEventListener('click', () => {
    why.hidden = !why.hidden;
    why.hidden || reason.focus();
  });
  onSubmit(why, () => void act(deciding.reject(reason.value)));
  const view = h(
    'section',
    { class: 'vly-review', 'aria-label': host.t('A change that waits for you'), 'data-lm-suppress-shortcuts': 'true' },
    h('p', { class: 'vly-ask' }, host.t('Nothing is written yet. You decide.')),
    files,
    proposal.left_out ? h('p', { class: 'vly-quiet' }, host.t('%1 more files are not shown; they go with “all”.', proposal.left_out)) : null,
    h('div', { class: 'vly-row' }, apply, reject),
    why,
    trouble,
    h('p', { class: 'vly-keys' }, host.t('Keys: n next part · p previous · x take or leave · a apply · r reject · o open'))
  );
  keys(view, { apply, reject }, host);
  refresh();
  return view;
}

function keys(view: HTMLElement, buttons: { apply: HTMLButtonElement; reject: HTMLButtonElement }, host: Host): void {
  const parts = (): HTMLElement[] => Array.from(view.querySelectorAll<HTMLElement>('.vly-hunk'));
  const at = (): HTMLElement | null => (document.activeElement?.closest('.vly-hunk') as HTMLElement) ?? null;
  const go = (by: number): void => {
    const all = parts();
    const here = at();
    const next = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
    const target = all[Math.max(0, Math.min(all.length - 1, next))];
    const body = target?.closest<HTMLElement>('.vly-diff');
    body?.hidden && document.querySelector<HTMLElement>(`[aria-controls=${body.id}]`)?.click();
    target?.focus();
    target?.scrollIntoView({ block: 'nearest' });
  };
  const acts: { [key: string]: () => void } = {
    n: () => go(1),
    p: () => go(-1),
    x: () => at()?.querySelector<HTMLInputElement>('.vly-box')?.click(),
    a: () => buttons.apply.click(),
    r: () => buttons.reject.click(),
    o: () => {
      const part = at();
      part && host.openFile?.(part.dataset.path ?? '', Number(part.dataset.line));
    }
  };
  view.addEventListener('keydown', event => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === 'text';
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && acts[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  });
}

/** What is ticked. A file without parts (new, binary, cut) is taken whole or not. */
class Chosen implements Choice {
  private hunks = new Map<string, Set<number>>();
  private whole = new Map<string, boolean>();
  changed: () => void = () => undefined;

  constructor(private changes: ChangeData[]) {
    for (const change of changes) {
      this.whole.set(change.path, true);
      this.hunks.set(change.path, new Set(change.hunks.map(hunk => hunk.number)));
    }
  }

  has(path: string, hunk: number | null): boolean {
    return hunk === null ? !!this.whole.get(path) : !!this.hunks.get(path)?.has(hunk);
  }

  set(path: string, hunk: number | null, on: boolean): void {
    const change = this.changes.find(one => one.path === path);
    const every = new Set(change?.hunks.map(one => one.number));
    if (hunk === null) {
      this.hunks.set(path, on ? every : new Set());
      this.whole.set(path, on);
    } else {
      const hunks = this.hunks.get(path) ?? new Set();
      on ? hunks.add(hunk) : hunks.delete(hunk);
      this.whole.set(path, hunks.size === every.size);
    }
    this.changed();
  }

  get count(): number {
    return this.changes.filter(change => this.some(change)).length;
  }

  /** Null is all of it. */
  get picks(): Picks {
    if (this.changes.every(change => this.whole.get(change.path))) {
      return null;
    }
    const picks: { [path: string]: number[] | null } = {};
    for (const change of this.changes.filter(one => this.some(one))) {
      picks[change.path] = this.whole.get(change.path) ? null : [...(this.hunks.get(change.path) ?? [])].sort((a, b) => a - b);
    }
    return picks;
  }

  words(host: Host): string {
    if (this.picks === null) {
      return host.t('Apply');
    }
    const parts = this.changes.reduce((sum, change) => sum + (this.hunks.get(change.path)?.size ?? 0), 0);
    const all = this.changes.reduce((sum, change) => sum + change.hunks.length, 0);
    return all > this.changes.length ? host.t('Apply %1 of %2 parts', parts, all) : host.t('Apply %1 of %2 files', this.count, this.changes.length);
  }

  show(files: HTMLElement): void {
    for (const box of Array.from(files.querySelectorAll<HTMLInputElement>('.vly-box'))) {
      const hunk = box.dataset.hunk ? Number(box.dataset.hunk) : null;
      const path = box.dataset.path ?? '';
      box.checked = this.has(path, hunk);
      box.indeterminate = hunk === null && !box.checked && (this.hunks.get(path)?.size ?? 0) > 0;
    }
  }

  private some(change: ChangeData): boolean {
    return !!this.whole.get(change.path) || (this.hunks.get(change.path)?.size ?? 0) > 0;
  }
}

/** A question to answer: a choice, or the person's own words. */
export function questionView(text: string, choices: string[], host: Host, answer: (words: string) => Promise<void>): HTMLElement {
  const own = h('input', { type: 'text', class: 'vly-input', 'aria-label': host.t('Your own answer'), placeholder: host.t('Your own answer') });
  const trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  const view = h('section', { class: 'vly-review', 'aria-label': host.t('A question for you'), 'data-lm-suppress-shortcuts': 'true' });
  const say = (words: string): void => {
    view.querySelectorAll('button').forEach(button => (button.disabled = true));
    answer(words).catch(error => {
      trouble.hidden = false;
      fill(trouble, String((error as Error).message));
      view.querySelectorAll('button').forEach(button => (button.disabled = false));
    });
  };
  const form = h('form', { class: 'vly-row' }, own, h('button', { type: 'submit', class: 'vly-button' }, host.t('Answer')));
  onSubmit(form, () => void (own.value.trim() && say(own.value.trim())));
  append(
    view,
    h('p', { class: 'vly-ask vly-pre' }, text),
    ...choices.map((choice, n) => h('button', { type: 'button', class: 'vly-choice', onclick: () => say(String(n + 1)) }, choice)),
    form,
    trouble
  );
  return view;
}
