// The side panel: follows the notebook that is in front and shows its session.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { LabIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { Message } from '@lumino/messaging';

import { fill, h } from '../dom';
import { firstView } from '../first';
import { mountPanel } from '../panel';
import type { Attachment } from './attachment';
import { placeFor, type Jupyter } from './place';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3" fill="#616161" ' +
  'd="M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zm3.2 3.6 3.9 6.6h1.8l3.9-6.6h-2.1L12 12.5 9.3 7.6z"/></svg>';

export const icon = new LabIcon({ name: 'vly_nb:panel', svgstr: SVG });

export class SidePanel extends Widget {
  private shown: NotebookPanel | null | undefined = undefined;
  private leave: () => void = () => undefined;

  constructor(
    private jupyter: Jupyter,
    private tracker: INotebookTracker
  ) {
    super();
    this.id = 'vly-side-panel';
    this.addClass('vly-side');
    this.title.icon = icon;
    this.title.caption = jupyter.trans.__('vly: change an app by saying what you want');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'vly');
    tracker.currentChanged.connect(() => this.follow());
  }

  /** The attachment that is shown. */
  get attachment(): Attachment | null {
    return this.shown ? this.jupyter.attach(this.shown) : null;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.follow();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.follow();
  }

  override dispose(): void {
    this.leave();
    super.dispose();
  }

  /** Show the notebook in front; a kernel isn't touched before the panel is seen. */
  private follow(): void {
    const panel = this.tracker.currentWidget;
    if (!this.isVisible || panel === this.shown) {
      return;
    }
    this.leave();
    this.shown = panel;
    if (!panel) {
      this.leave = () => undefined;
      const first = firstView(placeFor(this.jupyter, null), placeFor(this.jupyter, null).first);
      fill(this.node, h('div', { class: 'vly-panel vly-covered' }, h('header', { class: 'vly-top' }, h('span', { class: 'vly-name' }, 'vly')), h('div', { class: 'vly-cover' }, first)));
      return;
    }
    const attachment = this.jupyter.attach(panel);
    this.leave = mountPanel(this.node, attachment, placeFor(this.jupyter, attachment));
    panel.disposed.connect(() => this.shown === panel && this.follow());
    void attachment.connect();
  }
}
