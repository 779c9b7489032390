// Attachment: a notebook's session as the panel has it: the line to its kernel, and what buttons do.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import type { Actions, Picks, Session } from '../host';
import { Failure, Line } from '../line';
import type { State, Taken, Welcome } from '../protocol';
import { oneAtATime, Store } from '../store';
import { Cells } from './cells';
import { openComm } from './comm';

// IPython forgets that it did, or a cell that loads it would be told off; to load it twice does nothing.
const LOAD =
  "try:\n    get_ipython().extension_manager.load_extension('vly_nb')\n    get_ipython().extension_manager.loaded.discard('vly_nb')\nexcept Exception as error:\n    print(type(error).__name__)\n";
const STOP = 1000; // ms until Stop becomes the kernel's interrupt

/** One for every notebook that the panel, or a step's button, has to do with. */
export class Attachment implements Session {
  readonly store = new Store();
  readonly draft = { text: '', history: [] as string[], tab: 'chat' };
  readonly cells: Cells;
  readonly actions: Actions;
  /** The project's files changed. */
  readonly changed = new Signal<this, string[]>(this);
  record = true;
  private connection: Line | null = null;
  private kernel: Kernel.IKernelConnection | null = null;
  /** The kernel hears this line while a cell runs. */
  private heard = false;
  private attempt = 0;
  private ready: Promise<void> | null = null;
  private driving = false;
  private wanted = false;
  private version = 0;

  constructor(readonly panel: NotebookPanel) {
    this.cells = new Cells(panel);
    this.actions = this.makeActions();
    this.store.onGap = oneAtATime(() => this.refill());
    const context = panel.sessionContext;
    context.kernelChanged.connect(() => this.renew());
    context.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        this.lose();
      } else if (status === 'dead' || status === 'terminating') {
        this.lose('lost');
      } else if (status === 'idle' && this.wanted) {
        void this.connect();
      }
    });
    panel.disposed.connect(() => this.lose());
    this.store.listen(news => {
      news.state && this.noticeChanges();
      news.entries.some(entry => entry.kind === 'ended') && this.turnEnded();
    });
  }

  line(): Line | null {
    return this.connection;
  }

  /** Have a line to the kernel, the extension loaded in it; once, whoever asks. */
  connect(): Promise<void> {
    this.ready ??= this.open().finally(() => {
      this.ready = null;
    });
    return this.ready;
  }

  private async open(): Promise<void> {
    const attempt = ++this.attempt;
    this.wanted = false;
    const current = (): boolean => attempt === this.attempt && !this.panel.isDisposed;
    const context = this.panel.sessionContext;
    this.store.standing === 'ready' || this.store.set({ standing: 'connecting' });
    await context.ready;
    const kernel = context.session?.kernel ?? null;
    if (!current() || !kernel || (this.connection && this.kernel === kernel && !this.connection.closed)) {
      return;
    }
    this.kernel = kernel;
    // After a page was loaded anew in mid-run the extension is there, and a cell can't be run: say hello first.
    if (!['idle', 'starting'].includes(kernel.status)) {
      if (await this.hello(kernel, 4000)) {
        return;
      }
      await pause();
    }
    const loaded = await load(kernel);
    if (!current()) {
      return;
    }
    if (!loaded) {
      this.store.set({ standing: 'none' });
      return;
    }
    for (const patience of [4000, 8000, 20_000]) {
      if (!current() || (await this.hello(kernel, patience))) {
        return;
      }
      await pause();
    }
    this.store.set({ standing: 'lost' });
  }

  private async hello(kernel: Kernel.IKernelConnection, patience: number): Promise<boolean> {
    const since = Date.now();
    const opened = await openComm(kernel).catch(() => null); // the kernel may go meanwhile
    if (!opened) {
      return false;
    }
    const { wire, subshell } = opened;
    const line = new Line(wire, update => this.store.take(update), state => this.store.setState(state));
    try {
      const welcome = await line.ask<Welcome>({ do: 'hello', client: client(), since }, patience);
      this.connection?.retire();
      this.connection = line;
      this.heard = subshell;
      this.version = welcome.state.version;
      this.driving = welcome.state.driving;
      this.store.welcome(welcome);
      if (!subshell) {
        void this.better(kernel, line);
      }
      if (welcome.state.driving && !welcome.state.running) {
        void this.drive();
      }
      return true;
    } catch {
      line.close();
      return false;
    }
  }

  /** A line opened in mid-run has no thread of its own: open another once the kernel says what it can do. */
  private async better(kernel: Kernel.IKernelConnection, line: Line): Promise<void> {
    const info = kernel.isDisposed ? null : await kernel.info.catch(() => null);
    const features = (info as { supported_features?: string[] } | null)?.supported_features ?? [];
    if (features.includes('kernel subshells') && this.connection === line && !kernel.isDisposed) {
      await this.hello(kernel, 20_000);
    }
  }

  private renew(): void {
    this.lose();
    void this.connect();
  }

  private lose(standing: 'connecting' | 'lost' = 'connecting'): void {
    this.attempt += 1;
    this.ready = null;
    this.wanted = true;
    this.connection?.close();
    this.connection = null;
    this.kernel = null;
    this.driving = false;
    this.store.set({ standing, sending: null, stopping: false });
  }

  private async refill(): Promise<void> {
    const welcome = await this.connection?.ask<Welcome>({ do: 'hello', client: client(), since: Date.now() }, 10_000);
    welcome && this.store.welcome(welcome);
  }

  private noticeChanges(): void {
    const version = this.store.state?.version ?? 0;
    if (version !== this.version) {
      this.version = version;
      const paths = this.store.entries.slice(-6).flatMap(entry => (entry.kind === 'step' ? entry.data.changes.map(change => change.path) : []));
      this.changed.emit([...new Set(paths)]);
    }
  }

  // -- what buttons do ---------------------------------------------------------------------

  private makeActions(): Actions {
    return {
      send: prompt => this.send(prompt),
      next: answer => this.act(answer === undefined ? '%vly next' : `%vly next ${oneLine(answer)}`, { do: 'next', answer: answer ?? null }),
      apply: (proposal, picks) => this.act(`%vly apply${words(picks)}`, { do: 'apply', proposal, picks }),
      reject: (proposal, reason) => this.act(`%vly reject${reason.trim() ? ` because ${oneLine(reason)}` : ''}`, { do: 'reject', proposal, reason }),
      stop: () => this.stop(),
      undo: () => this.act('%vly undo', { do: 'undo' }),
      redo: () => this.act('%vly redo', { do: 'redo' }),
      goto: (number, tree) => this.act(`%vly goto ${number}`, { do: 'goto', number, tree })
    };
  }

  private async send(prompt: string): Promise<void> {
    const line = this.asking();
    if (!this.record) {
      this.store.set({ sending: prompt });
      try {
        await line.ask({ do: 'ask', prompt });
      } catch (error) {
        this.store.set({ sending: null });
        throw error;
      }
      return;
    }
    this.store.set({ sending: prompt });
    const known = this.mode;
    await this.takeOn(line, known === 'run');
    const mode = this.mode; // the answer brings it: a cell may have changed it just now
    mode !== known && (await this.takeOn(line, mode === 'run'));
    await this.cells.loaded(this.store.state?.folder || undefined);
    void this.runCell(`%%vly ${mode === 'review' ? '--review' : '--step'}\n${prompt}`);
  }

  private get mode(): State['mode'] {
    return this.store.state?.mode ?? 'run';
  }

  /** Whether the panel takes the turn on by itself, a cell a step. */
  private async takeOn(line: Line, driving: boolean): Promise<void> {
    this.driving = driving;
    await line.ask({ do: 'set', driving }, 5000).catch(() => undefined);
  }

  /** A button: its command as a cell, when the notebook is the record and can run one; else over the line. */
  private async act(cell: string, request: Parameters<Line['ask']>[0]): Promise<void> {
    const line = this.asking();
    const checked = request.do === 'apply' || request.do === 'reject' || request.do === 'goto';
    await line.ask(checked ? ({ ...request, dry: true } as typeof request) : { do: 'state' });
    if (!this.record || this.store.state?.cell) {
      await line.ask(request);
      return;
    }
    this.driving = this.mode === 'run' && (request.do === 'next' || request.do === 'apply' || request.do === 'reject');
    void this.runCell(cell);
  }

  private async runCell(source: string): Promise<void> {
    try {
      await this.cells.run(source);
    } finally {
      this.store.set({ sending: null });
    }
    await this.drive();
  }

  /** Take the turn on, a cell a step, until it ends or waits; then the first wish of the queue. */
  private async drive(): Promise<void> {
    const state = await this.standing();
    if (!state || state.running || this.store.sending !== null) {
      return;
    }
    if (state.open && !state.waiting && this.driving && this.record) {
      await this.runCell('%vly next');
    } else if (!state.open) {
      this.driving = false;
      await this.follow(state);
    }
  }

  private async follow(state: State): Promise<void> {
    if (state.queue.length) {
      const taken = await this.connection?.ask<Taken>({ do: 'take' });
      taken?.prompt && (await this.send(taken.prompt));
    }
  }

  /** A turn that no cell shows has ended: the queue goes on from here. */
  private turnEnded(): void {
    if (!this.record && this.store.state && !this.store.state.running && !this.store.state.open) {
      void this.follow(this.store.state);
    }
  }

  private async standing(): Promise<State | null> {
    try {
      await this.connection?.ask({ do: 'state' }, 10_000);
      return this.store.state;
    } catch {
      return null;
    }
  }

  private async stop(): Promise<void> {
    this.driving = false;
    const begun = this.store.state?.running;
    const kernel = this.kernel;
    const deaf = !this.heard && this.store.state?.cell;
    try {
      await Promise.all([this.asking().ask({ do: 'stop' }, STOP), deaf ? kernel?.interrupt() : null]);
      if (begun || !this.store.busy) {
        return;
      }
    } catch {
      // not heard: the interrupt always is
    }
    await kernel?.interrupt();
    this.store.set({ sending: null });
  }

  private asking(): Line {
    if (!this.connection || this.connection.closed) {
      throw new Failure({ message: 'There is no line to the kernel.', hint: 'Start the kernel, or wait until it is free.' });
    }
    return this.connection;
  }
}

/** JupyterLab takes a moment to give up the thread of a line that failed. */
function pause(): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, 500));
}

/** Load the extension, without a trace in the notebook; false when the kernel has none. */
async function load(kernel: Kernel.IKernelConnection): Promise<boolean> {
  let said = '';
  const future = kernel.requestExecute({ code: LOAD, store_history: false, silent: false, allow_stdin: false, stop_on_error: false });
  future.onIOPub = message => {
    const content = message.content as { text?: string; ename?: string };
    said += content.text ?? content.ename ?? '';
  };
  const reply = await future.done;
  return reply.content.status === 'ok' && !said.trim();
}

function words(picks: Picks): string {
  return Object.entries(picks ?? {})
    .map(([path, hunks]) => {
      const name = `${path}${hunks === null ? '' : `:${hunks.join(',')}`}`;
      return /[\s"']/.test(name) ? ` "${name.replace(/"/g, '')}"` : ` ${name}`;
    })
    .join('');
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

/** This page, the same after it is loaded anew. */
function client(): string {
  const name = 'vly-client';
  let known = window.sessionStorage.getItem(name);
  if (!known) {
    known = crypto.randomUUID?.() ?? String(Math.random());
    window.sessionStorage.setItem(name, known);
  }
  return known;
}
