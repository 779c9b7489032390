// Elements are made here, from text nodes only: nothing a model, a file or a program says is read as HTML.

export type Child = Node | string | null | undefined | false;
type Props = { [name: string]: unknown };

/** An element. `on…` props are listeners, `class` its classes, others attributes (true: empty, false: none). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value as EventListener);
    } else if (name === 'class') {
      node.className = String(value);
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  append(node, ...children);
  return node;
}

export function append(node: Node, ...children: Child[]): void {
  for (const child of children) {
    if (child) {
      node.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
    }
  }
}

/** Replace what an element holds. */
export function fill(node: Node & ParentNode, ...children: Child[]): void {
  node.replaceChildren();
  append(node, ...children);
}

const TAGS = new Set(
  'P B STRONG EM I CODE PRE UL OL LI BR HR A BLOCKQUOTE TABLE THEAD TBODY TR TH TD DETAILS SUMMARY DIV SPAN'.split(' ')
);
const HEADINGS = /^H[1-6]$/;

/** Clean HTML as nodes: allowed tags are made anew, of their attributes only a link to the outside is kept. */
export function safeHtml(html: string): DocumentFragment {
  const made = document.createDocumentFragment();
  const read = new DOMParser().parseFromString(html, 'text/html'); // inert: nothing runs or loads
  copy(read.body, made);
  return made;
}

function copy(from: Node, to: Node): void {
  for (const child of Array.from(from.childNodes)) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(child.textContent ?? ''));
    } else if (child instanceof Element || child.nodeType === Node.ELEMENT_NODE) {
      copyElement(child as Element, to);
    }
  }
}

function copyElement(from: Element, to: Node): void {
  if (/^(SCRIPT|STYLE|TEMPLATE|IFRAME|OBJECT|SVG|MATH)$/i.test(from.tagName)) {
    return;
  }
  const tag = HEADINGS.test(from.tagName) ? 'P' : from.tagName;
  if (!TAGS.has(tag)) {
    copy(from, to);
    return;
  }
  const node = document.createElement(tag.toLowerCase());
  if (node instanceof HTMLAnchorElement) {
    outside(node, from.getAttribute('href') ?? '');
  }
  copy(from, node);
  to.appendChild(node);
}

/** Make a link lead there, if that is an address of the web. */
export function outside(link: HTMLAnchorElement, address: string): void {
  if (/^(https?:\/\/|mailto:)/i.test(address)) {
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
}

/** Words in which what stands between backticks is code. */
export function coded(words: string): DocumentFragment {
  const made = document.createDocumentFragment();
  const pieces = words.split('`');
  const whole = pieces.length % 2 === 1;
  pieces.forEach((piece, n) => append(made, whole && n % 2 ? h('code', {}, piece) : piece + (whole || n === pieces.length - 1 ? '' : '`')));
  return made;
}

/** Do this when a form is submitted; by Enter in a field too, which a notebook's outputs keep from its form. */
export function onSubmit(form: HTMLFormElement, work: () => void): void {
  form.addEventListener('submit', event => {
    event.preventDefault();
    work();
  });
  form.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.isComposing && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

let last = 0;
/** A name that no other element has, for labels. */
export function unique(prefix: string): string {
  last += 1;
  return `vly-${prefix}-${last}`;
}
