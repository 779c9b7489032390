// Changed files with their diffs; a file is folded until it is asked for, and made only then.

import { append, fill, h, unique } from './dom';
import { highlighted } from './highlight';
import type { Host } from './host';
import type { ChangeData, HunkData } from './protocol';

/** What is chosen of a proposal: for each file the numbers of its hunks, or all of it. */
export interface Choice {
  has(path: string, hunk: number | null): boolean;
  set(path: string, hunk: number | null, on: boolean): void;
}

const OPEN_LINES = 60; // lines of diffs that are unfolded to begin with

/** `folded` leaves every file closed, for what lies further back. */
export function changesView(changes: ChangeData[], host: Host, choice?: Choice, folded = false): HTMLElement {
  let room = folded ? -1 : OPEN_LINES;
  const files = changes.map(change => {
    const lines = change.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    room -= lines;
    return fileView(change, host, choice, choice !== undefined || (room >= 0 && changes.length <= 3));
  });
  return h('div', { class: 'vly-files' }, ...files);
}

function fileView(change: ChangeData, host: Host, choice: Choice | undefined, open: boolean): HTMLElement {
  const body = h('div', { class: 'vly-diff', id: unique('diff'), hidden: true });
  const kind = { created: host.t('new'), modified: '', deleted: host.t('deleted') }[change.kind];
  const made = (): void => {
    if (!body.firstChild) {
      append(body, ...change.hunks.map(hunk => hunkView(change, hunk, host, choice)));
      change.left_out > 0 &&
        append(body, h('div', { class: 'vly-quiet vly-pad' }, host.t('%1 more lines are not shown.', change.left_out)));
      change.binary && append(body, h('div', { class: 'vly-quiet vly-pad' }, host.t('Not a text file.')));
    }
  };
  const toggle = h(
    'button',
    { type: 'button', class: 'vly-toggle', 'aria-controls': body.id, onclick: () => show(body.hidden) },
    pathView(change.path),
    kind ? h('span', { class: 'vly-tag' }, kind) : null,
    h('span', { class: 'vly-counts' }, counts(change.added, '+'), counts(change.removed, '−'))
  );
  const show = (on: boolean): void => {
    on && made();
    body.hidden = !on;
    toggle.setAttribute('aria-expanded', String(on));
  };
  show(open);
  const head = h(
    'div',
    { class: 'vly-file-head' },
    choice ? fileBox(change, host, choice) : null,
    toggle,
    host.openFile && change.kind !== 'deleted' ? opener(change, host) : null
  );
  return h('div', { class: 'vly-file' }, head, body);
}

function counts(count: number, sign: string): HTMLElement | null {
  return count ? h('span', { class: sign === '+' ? 'vly-plus' : 'vly-minus' }, `${sign}${count}`) : null;
}

/** The path, its folders standing back. */
export function pathView(path: string): HTMLElement {
  const cut = path.lastIndexOf('/') + 1;
  return h('span', { class: 'vly-path', title: path }, h('span', { class: 'vly-folder' }, path.slice(0, cut)), h('span', {}, path.slice(cut)));
}

function opener(change: ChangeData, host: Host): HTMLElement {
  const label = host.t('Open %1 in the editor', change.path);
  return h(
    'button',
    {
      type: 'button',
      class: 'vly-icon vly-open',
      title: label,
      'aria-label': label,
      onclick: () => host.openFile?.(change.path, change.hunks[0]?.after_start)
    },
    '↗'
  );
}

function fileBox(change: ChangeData, host: Host, choice: Choice): HTMLElement {
  return box(host.t('Take all of %1', change.path), choice, change.path, null);
}

function box(label: string, choice: Choice, path: string, hunk: number | null): HTMLInputElement {
  const made = h('input', {
    type: 'checkbox',
    class: 'vly-box',
    'aria-label': label,
    'data-path': path,
    'data-hunk': hunk ?? '',
    onchange: () => choice.set(path, hunk, made.checked)
  });
  made.checked = choice.has(path, hunk);
  return made;
}

function hunkView(change: ChangeData, hunk: HunkData, host: Host, choice?: Choice): HTMLElement {
  const place = `@@ −${hunk.before_start},${hunk.before_count} +${hunk.after_start},${hunk.after_count} @@`;
  const lines = h('pre', { class: 'vly-lines' });
  let before = hunk.before_start;
  let after = hunk.after_start;
  for (const line of hunk.lines) {
    const kind = { '+': 'vly-add', '-': 'vly-del', ' ': '' }[line.tag];
    const number = line.tag === '-' ? before : after;
    before += line.tag === '+' ? 0 : 1;
    after += line.tag === '-' ? 0 : 1;
    const code = h('span', { class: `vly-line ${kind}` }, h('span', { class: 'vly-no', 'aria-hidden': 'true' }, String(number)), h('span', { class: 'vly-sign' }, line.tag));
    highlighted(code, change.path, line.text);
    append(lines, code, '\n');
  }
  const name = host.t('Part %1 of %2', hunk.number, change.path);
  const head = h(
    'div',
    { class: 'vly-hunk-head' },
    choice ? box(host.t('Take part %1 of %2', hunk.number, change.path), choice, change.path, hunk.number) : null,
    h('span', {}, choice ? host.t('Part %1', hunk.number) : ''),
    h('span', { class: 'vly-quiet' }, place)
  );
  return h(
    'div',
    {
      class: 'vly-hunk',
      role: 'group',
      'aria-label': name,
      tabindex: '0', // it scrolls, and a review goes from one to the next
      'data-path': change.path,
      'data-hunk': hunk.number,
      'data-line': hunk.after_start
    },
    head,
    lines
  );
}

/** Show the diffs of changes in a place, or that there are none. */
export function showChanges(place: HTMLElement, changes: ChangeData[], host: Host): void {
  fill(place, changes.length ? changesView(changes, host) : h('p', { class: 'vly-quiet' }, host.t('Nothing changed.')));
}
