// Colours for a line of code: words, strings, comments, numbers, tags. By the line, so that a diff's
// lines can be coloured alone; what it guesses wrong is only a colour.

import { h } from './dom';

const KEYWORDS =
  'as async await break case catch class const continue default delete do else enum export extends false finally ' +
  'for from function if implements import in instanceof interface let new null of return static super switch this ' +
  'throw true try type typeof undefined var void while yield';
const WORDS = new Set(KEYWORDS.split(' '));
const TOKEN =
  /(\/\/.*|\/\*.*?\*\/|^\s*\*.*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|(<\/?[A-Za-z][\w.]*)|(\b\d[\d_.]*\b)|([A-Za-z_$][\w$]*)/g;
const KINDS = ['comment', 'string', 'tag', 'number'];
const CODE = /\.(tsx?|jsx?|mjs|cjs|css|json|py)$/;
const LONGEST = 400;

/** Add a line's text to an element, coloured when the file is code. */
export function highlighted(to: HTMLElement, path: string, text: string): void {
  if (!CODE.test(path) || text.length > LONGEST) {
    to.appendChild(document.createTextNode(text));
    return;
  }
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const kind = KINDS.find((_, n) => found[n + 1] !== undefined) ?? (WORDS.has(found[5]) ? 'keyword' : '');
    if (kind) {
      to.appendChild(document.createTextNode(text.slice(at, found.index)));
      to.appendChild(h('span', { class: `vly-t-${kind}` }, found[0]));
      at = found.index + found[0].length;
    }
  }
  to.appendChild(document.createTextNode(text.slice(at)));
}
