// Cells: a wish becomes a cell of the notebook, and so does every step after it: the notebook is the record.

import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

const LOAD = '%load_ext vly_nb';

export class Cells {
  constructor(private panel: NotebookPanel) {}

  /** Run a cell with this text: the next one when it has it already (or is empty), else a new one. */
  async run(source: string): Promise<boolean> {
    return this.runAt(this.place(source));
  }

  /** Run the code cells before the first wish; false when one of them fails. */
  async runFirst(): Promise<boolean> {
    const cells = this.panel.content.model?.sharedModel.cells ?? [];
    for (let at = 0; at < cells.length && !cells[at].getSource().startsWith('%%vly'); at++) {
      if (cells[at].cell_type === 'code' && !(await this.runAt(at))) {
        return false;
      }
    }
    return true;
  }

  private async runAt(at: number): Promise<boolean> {
    const { content: notebook, sessionContext } = this.panel;
    notebook.activeCellIndex = at;
    notebook.deselectAll();
    const ran = NotebookActions.run(notebook, sessionContext);
    void notebook.scrollToItem(at).catch(() => undefined);
    return ran;
  }

  /** See to it that the notebook loads vly by itself when it is run from the top. */
  async loaded(mount?: string): Promise<void> {
    if (!this.has(/^\s*%(load|reload)_ext\s+vly_nb\b/m)) {
      await this.run(LOAD);
    }
    if (mount && !this.has(/^\s*%vly\s+(mount|new)\s/m)) {
      await this.run(`%vly mount ${mount}`);
    }
  }

  /** The cell that mounts the project, when there is one. */
  get mounting(): string | null {
    for (const cell of this.sources().reverse()) {
      const found = /^\s*%vly\s+(mount|new)\s+(.+?)\s*$/m.exec(cell);
      if (found) {
        return `%vly mount ${found[2]}`;
      }
    }
    return null;
  }

  private has(pattern: RegExp): boolean {
    return this.sources().some(source => pattern.test(source));
  }

  private sources(): string[] {
    const { model } = this.panel.content;
    return Array.from({ length: model?.cells.length ?? 0 }, (_, n) => model?.cells.get(n))
      .filter(cell => cell?.type === 'code')
      .map(cell => cell?.sharedModel.getSource() ?? '');
  }

  /** Where it is to stand: at the end, in the last cell if that is empty or says this and never ran. */
  private place(source: string): number {
    const { model } = this.panel.content;
    if (!model) {
      throw new Error('The notebook is not loaded yet.');
    }
    const shared = model.sharedModel;
    const last = shared.cells.length - 1;
    const cell = shared.cells[last];
    const words = cell?.getSource().trim();
    const fresh = cell && 'execution_count' in cell && cell.execution_count === null;
    if (cell?.cell_type === 'code' && (words === '' || (words === source && fresh))) {
      cell.setSource(source);
      return last;
    }
    shared.insertCell(last + 1, { cell_type: 'code', source, metadata: {} });
    return last + 1;
  }
}
