// The JupyterLab plugin: the side panel, and the way from a step in a cell to its session.

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, ISanitizer } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Attachment } from './lab/attachment';
import { setBridge } from './lab/bridge';
import { placeFor, refreshEditors, type Jupyter } from './lab/place';
import { icon, SidePanel } from './lab/sidepanel';

const OPEN = 'vly:open';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'vly_nb:panel',
  description: 'The side panel of vly, a coding agent.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IDocumentManager, ITranslator, ICommandPalette, ILayoutRestorer, ISanitizer, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    documents: IDocumentManager | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    sanitizer: ISanitizer | null,
    lab: ILabShell | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('vly_nb');
    const attachments = new WeakMap<NotebookPanel, Attachment>();
    const jupyter: Jupyter = {
      app,
      documents,
      trans,
      sanitizer,
      attach: panel => {
        let attachment = attachments.get(panel);
        if (!attachment) {
          attachment = new Attachment(panel);
          attachments.set(panel, attachment);
          attachment.changed.connect(made => void refreshEditors(jupyter, made));
        }
        return attachment;
      }
    };
    const panel = new SidePanel(jupyter, tracker);
    app.shell.add(panel, 'right', { rank: 400, type: 'vly' });
    restorer?.add(panel, panel.id);
    setBridge({
      find: node => {
        const within = tracker.find(one => one.node.contains(node));
        if (!within) {
          return null;
        }
        const attachment = jupyter.attach(within);
        seen(attachment);
        return { attachment, host: placeFor(jupyter, attachment) };
      }
    });
    app.commands.addCommand(OPEN, {
      label: trans.__('Open vly'),
      caption: trans.__('Change an app by saying what you want'),
      icon,
      execute: () => {
        app.shell.activateById(panel.id);
        lab?.expandRight();
      }
    });
    palette?.addItem({ command: OPEN, category: 'vly' });
  }
};

/** A step in a notebook: connect to its kernel if that one runs; it is never started for this. */
function seen(attachment: Attachment): void {
  void attachment.panel.sessionContext.ready.then(() => {
    if (attachment.panel.sessionContext.session?.kernel) {
      void attachment.connect();
    }
  });
}

export default plugin;
