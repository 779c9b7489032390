// A key is typed here: it goes to the kernel in one message, and is kept nowhere in the page.

import { append, h, onSubmit, unique } from './dom';
import type { Host, Session } from './host';

export const MODEL_KEY = 'ANTHROPIC_API_KEY';

/** A form for a key's value; for one of any name when `name` is null. `done` hears that it is kept. */
export function keyForm(session: Session, host: Host, name: string | null, done: () => void): HTMLElement {
  const t = host.t.bind(host);
  const label = name === null ? t('The key’s value') : t('Value of %1', name);
  const named = h('input', { type: 'text', class: 'vly-input', 'aria-label': t('The key’s name'), placeholder: 'MY_SERVICE_KEY', spellcheck: 'false', autocomplete: 'off' });
  const value = h('input', {
    type: 'password',
    class: 'vly-input',
    id: unique('key'),
    'aria-label': label,
    placeholder: name === MODEL_KEY ? t('Paste your key') : label,
    autocomplete: 'off',
    spellcheck: 'false'
  });
  const keep = h('button', { type: 'submit', class: 'vly-primary' }, t('Save'));
  const trouble = h('div', { class: 'vly-trouble', role: 'alert', hidden: true });
  const form = h('form', { class: 'vly-row vly-keyform' }, name === null ? named : null, value, keep, trouble);
  const say = (words: string): void => {
    trouble.hidden = !words;
    trouble.textContent = words;
    value.setAttribute('aria-invalid', String(!!words));
  };
  const send = async (): Promise<void> => {
    const typed = value.value;
    const key = name ?? named.value.trim();
    if (!typed.trim() || !key) {
      (key ? value : named).focus();
      return;
    }
    say('');
    keep.disabled = true;
    keep.textContent = name === MODEL_KEY ? t('Trying it…') : t('Saving…');
    try {
      await session.line()?.ask({ do: 'set_key', name: key, value: typed });
      value.value = named.value = '';
      done();
    } catch (error) {
      const { trouble: why, message } = error as Error & { trouble?: { hint: string } };
      // Hints for the model's key name commands; here the field is at hand.
      say(name === MODEL_KEY ? t('%1 The key was not kept.', message) : `${message} ${why?.hint ?? ''}`.trim());
      value.select();
    } finally {
      keep.disabled = false;
      keep.textContent = t('Save');
    }
  };
  onSubmit(form, () => void (keep.disabled || send()));
  return form;
}

/** There is no way to a model yet, or the key isn't accepted: a field for one, and what needs none. */
export function noKey(session: Session, host: Host, done: () => void): HTMLElement {
  const t = host.t.bind(host);
  const { first } = host;
  const state = session.store.state;
  const refused = state?.key === 'refused';
  const whose = state?.endpoint ? t('the key for %1', state.endpoint) : t('a key of the Anthropic API');
  const node = h(
    'section',
    { class: 'vly-nokey', 'aria-label': t('A key for the model'), 'data-lm-suppress-shortcuts': 'true' },
    h('div', { class: 'vly-strong' }, refused ? t('The model’s endpoint doesn’t accept the key.') : t('vly needs a key for its model.')),
    h('p', { class: 'vly-quiet' }, t('Paste %1. It is tried once, and kept outside the project, for you alone; it is never shown, nor written into the notebook.', whose)),
    keyForm(session, host, MODEL_KEY, done)
  );
  if (first?.tutorial) {
    const trouble = h('div', { class: 'vly-trouble', role: 'alert' });
    const start = (): void => void first.tutorial?.().catch(error => (trouble.textContent = String((error as Error).message)));
    append(node, h('p', { class: 'vly-quiet' }, t('No key at hand? '), h('button', { type: 'button', class: 'vly-link', onclick: start }, t('Try the tutorial')), t(', which needs none.')), trouble);
  }
  return node;
}
