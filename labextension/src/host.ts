// What a panel needs of the place it is shown in: JupyterLab, or a widget.

import type { Line } from './line';
import type { Store } from './store';

export type Picks = { [path: string]: number[] | null } | null;

/** What buttons do. Each fails with a Failure that says why in a sentence. */
export interface Actions {
  /** Take up a wish. */
  send(prompt: string): Promise<void>;
  /** Run the next step, or answer a question. */
  next(answer?: string): Promise<void>;
  apply(proposal: string, picks: Picks): Promise<void>;
  reject(proposal: string, reason: string): Promise<void>;
  stop(): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  goto(number: number, tree?: string): Promise<void>;
}

export interface Host {
  /** Words in the person's language; %1, %2 are put in. */
  t(words: string, ...values: (string | number)[]): string;
  /** Open a file of the project at a line; absent where there is no editor. */
  openFile?(path: string, line?: number): void;
  /** Whether wishes are written into the notebook as cells; absent where that isn't to be chosen. */
  record?: { on: boolean; set(on: boolean): void };
  /** Mount a project from here. */
  first?: First;
  /** Clean HTML once more with what the place has for it. */
  sanitize?(html: string): string;
}

/** The first minute: each makes what is needed and is ready to ask. */
export interface First {
  newApp(name: string): Promise<void>;
  openFolder(): Promise<void>;
  tutorial?(): Promise<void>;
}

/** A session as a panel has it. */
export interface Session {
  store: Store;
  actions: Actions;
  line(): Line | null;
  /** What is kept between two views of it. */
  draft: { text: string; history: string[]; tab: string };
}
