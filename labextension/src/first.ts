// What stands in the conversation's place: no answer from the kernel yet, or no project.

import { h, onSubmit } from './dom';
import type { First, Host } from './host';

const SOON = 3000; // ms that a kernel at rest needs at most to answer

/** No answer yet: an old kernel that runs a cell hears nothing before its end, but can be interrupted. */
export function waitingView(host: Host, stop: () => Promise<void>): HTMLElement {
  const interrupt = h('button', { type: 'button', class: 'vly-stop', onclick: () => void stop().catch(() => undefined) }, host.t('Stop what runs'));
  const busy = h('div', { hidden: true }, h('p', { class: 'vly-quiet' }, host.t('It may be busy with a cell. What was said meanwhile is shown when that has ended.')), interrupt);
  window.setTimeout(() => (busy.hidden = false), SOON);
  return h('div', {}, h('p', { class: 'vly-quiet', role: 'status' }, host.t('Waiting for the kernel…')), busy);
}

/** Where nothing is mounted: what one can begin with. */
export function firstView(host: Host, first: First | undefined): HTMLElement {
  if (!first) {
    return h('p', { class: 'vly-quiet' }, host.t('No project is mounted. Use %vly mount PATH, or %vly new NAME, in a cell.'));
  }
  const trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  const name = h('input', { type: 'text', class: 'vly-input', value: 'my-app', 'aria-label': host.t('The new app’s name'), spellcheck: 'false' });
  const begin = h('button', { type: 'submit', class: 'vly-primary' }, host.t('New app'));
  const form = h('form', { class: 'vly-row' }, name, begin);
  const buttons: HTMLButtonElement[] = [begin];
  const act = async (work: () => Promise<void>): Promise<void> => {
    trouble.hidden = true;
    buttons.forEach(button => (button.disabled = true));
    try {
      await work();
    } catch (error) {
      trouble.hidden = false;
      trouble.textContent = String((error as Error).message);
    } finally {
      buttons.forEach(button => (button.disabled = false));
    }
  };
  onSubmit(form, () => void act(() => first.newApp(name.value.trim())));
  const folder = h('button', { type: 'button', class: 'vly-choice', onclick: () => void act(() => first.openFolder()) },
    host.t('Open a folder…'), h('span', { class: 'vly-quiet' }, host.t('An app that you have already')));
  buttons.push(folder);
  const parts: HTMLElement[] = [folder];
  if (first.tutorial) {
    const tutorial = h('button', { type: 'button', class: 'vly-choice', onclick: () => void act(() => first.tutorial?.() ?? Promise.resolve()) },
      host.t('Try the tutorial'), h('span', { class: 'vly-quiet' }, host.t('An app is made and changed before your eyes; no key needed')));
    buttons.push(tutorial);
    parts.push(tutorial);
  }
  return h('div', { class: 'vly-first', 'data-lm-suppress-shortcuts': 'true' },
    h('h2', { class: 'vly-h' }, host.t('Change a web app by saying what you want')),
    h('p', { class: 'vly-quiet' }, host.t('vly edits the app, checks it, and shows every step, which you can undo.')),
    form, ...parts, trouble);
}
