// Place: JupyterLab as a panel's host: its editor, its translations, its notebooks.

import { PageConfig, PathExt, URLExt } from '@jupyterlab/coreutils';
import type { ISanitizer } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { First, Host } from '../host';
import type { Attachment } from './attachment';

const APP = /^[a-z][a-z0-9-]{0,59}$/;
const TUTORIAL = ['01-first-change.ipynb', '01-first-change.tape'];
const TUTORIAL_FOLDER = 'vly-tutorial';

export interface Jupyter {
  app: JupyterFrontEnd;
  documents: IDocumentManager | null;
  trans: TranslationBundle;
  sanitizer: ISanitizer | null;
  attach(panel: NotebookPanel): Attachment;
}

/** The host for a notebook's session, or for none. */
export function placeFor(jupyter: Jupyter, attachment: Attachment | null): Host {
  const { trans, sanitizer, documents } = jupyter;
  return {
    t: (words, ...values) => trans.__(words, ...values.map(String)),
    ...(sanitizer ? { sanitize: (html: string) => sanitizer.sanitize(html) } : {}),
    ...(attachment && documents ? { openFile: (path: string, line?: number) => void openFile(jupyter, attachment, path, line) } : {}),
    ...(attachment ? { record: { on: attachment.record, set: (on: boolean) => void (attachment.record = on) } } : {}),
    first: firstOf(jupyter, attachment)
  };
}

/** Where the project is for the server; null when the server can't reach it. */
function projectFolder(attachment: Attachment): string | null {
  const folder = attachment.store.state?.folder;
  if (!folder) {
    return null;
  }
  const path = PathExt.join(PathExt.dirname(attachment.panel.context.path), folder);
  return path.startsWith('..') ? null : path === '.' ? '' : path;
}

async function openFile(jupyter: Jupyter, attachment: Attachment, path: string, line = 1): Promise<void> {
  const folder = projectFolder(attachment);
  const parts = path.split('/');
  if (folder === null || parts.includes('..') || path.startsWith('/')) {
    return;
  }
  const widget = jupyter.documents?.openOrReveal(PathExt.join(folder, path)) as IDocumentWidget<FileEditor> | undefined;
  await widget?.context.ready;
  await widget?.revealed;
  const editor = widget?.content?.editor;
  if (editor) {
    const position = { line: Math.min(line, editor.lineCount) - 1, column: 0 };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }
}

/** Show in open editors what was written to their files; what a person has typed there stays. */
export async function refreshEditors(jupyter: Jupyter, attachment: Attachment): Promise<void> {
  const folder = projectFolder(attachment);
  if (folder === null || !jupyter.documents) {
    return;
  }
  for (const widget of jupyter.app.shell.widgets('main')) {
    const context = jupyter.documents.contextForWidget(widget);
    const inside = context && (folder === '' || context.path.startsWith(`${folder}/`));
    if (context && inside && context !== attachment.panel.context && !context.model.dirty && context.contentsModel?.type === 'file') {
      await context.revert().catch(() => undefined);
    }
  }
}

function firstOf(jupyter: Jupyter, attachment: Attachment | null): First {
  const { app, trans } = jupyter;
  const room = async (): Promise<Attachment> => {
    if (attachment) {
      return attachment;
    }
    const panel: NotebookPanel = await app.commands.execute('notebook:create-new', { kernelName: 'python3' });
    await panel.context.ready;
    await panel.sessionContext.ready;
    return jupyter.attach(panel);
  };
  const begin = async (cell: string): Promise<void> => {
    const here = await room();
    await beginning(jupyter, here, async () => {
      await here.cells.loaded();
      return here.cells.run(cell);
    });
  };
  return {
    newApp: async name => {
      if (!APP.test(name)) {
        throw new Error(trans.__('A name has small letters, digits and dashes, and begins with a letter.'));
      }
      await begin(`%vly new ${name}`);
    },
    openFolder: async () => {
      if (!jupyter.documents) {
        return;
      }
      const chosen = await FileDialog.getExistingDirectory({ manager: jupyter.documents, title: trans.__('The app’s folder') });
      const path = chosen.value?.[0]?.path;
      if (chosen.button.accept && path !== undefined) {
        const from = attachment ? PathExt.dirname(attachment.panel.context.path) : '';
        await begin(`%vly mount ${PathExt.relative(from, path) || '.'}`);
      }
    },
    tutorial: () => tutorial(jupyter)
  };
}

/** Run what makes the project and mounts it, the panel saying so meanwhile. */
async function beginning({ trans }: Jupyter, here: Attachment, work: () => Promise<boolean>): Promise<void> {
  here.store.set({ beginning: true });
  try {
    if (!(await work())) {
      throw new Error(trans.__('That did not work; the notebook says why.'));
    }
    await here.connect();
  } finally {
    here.store.set({ beginning: false });
  }
}

/** Put the tutorial's notebook and its tape into a folder of their own, open it, and run it up to the first wish. */
async function tutorial(jupyter: Jupyter): Promise<void> {
  const { contents } = jupyter.app.serviceManager;
  const base = URLExt.join(PageConfig.getOption('fullLabextensionsUrl'), 'vly_nb', 'static', 'tutorial');
  const files: [string, string][] = [];
  for (const name of TUTORIAL) {
    const answer = await fetch(URLExt.join(base, name));
    if (!answer.ok) {
      throw new Error(jupyter.trans.__('The tutorial is not installed.'));
    }
    files.push([name, await answer.text()]);
  }
  let folder = TUTORIAL_FOLDER;
  for (let n = 2; await contents.get(folder, { content: false }).catch(() => null); n++) {
    folder = `${TUTORIAL_FOLDER}-${n}`;
  }
  await contents.save(folder, { type: 'directory' });
  for (const [name, text] of files) {
    const notebook = name.endsWith('.ipynb');
    await contents.save(`${folder}/${name}`, notebook ? { type: 'notebook', format: 'json', content: JSON.parse(text) } : { type: 'file', format: 'text', content: text });
  }
  const panel: NotebookPanel | undefined = await jupyter.app.commands.execute('docmanager:open', { path: `${folder}/${TUTORIAL[0]}` });
  if (!panel?.sessionContext) {
    return; // Notebook 7 opens it in a page of its own
  }
  await panel.context.ready;
  await panel.sessionContext.ready;
  const here = jupyter.attach(panel);
  await beginning(jupyter, here, () => here.cells.runFirst());
}
