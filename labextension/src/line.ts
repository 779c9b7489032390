// A line to the kernel: requests get their replies, updates go to whoever listens.

import type { Reply, Request, State, Trouble, Update } from './protocol';

/** What carries messages: a comm or a widget. */
export interface Wire {
  send(message: object): void;
  onMessage(take: (message: unknown) => void): void;
  /** The other side closed it. */
  onClosed?(take: () => void): void;
  close(): void;
}

export class Failure extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.message);
  }
}

type Waiting = { done: (reply: Reply) => void; fail: (failure: Failure) => void; timer: number };
const PATIENCE = 60_000;

export class Line {
  private last = 0;
  private waiting = new Map<number, Waiting>();
  closed = false;
  private retired = false;

  constructor(
    private wire: Wire,
    private onUpdate: (update: Update) => void,
    private onState: (state: State) => void
  ) {
    wire.onMessage(message => this.take(message as Reply | Update));
    wire.onClosed?.(() => this.close());
  }

  /** Ask the kernel; fails with a Failure when it says no, or says nothing for `patience` ms. */
  ask<T = unknown>(request: Request, patience = PATIENCE): Promise<T> {
    const id = ++this.last;
    return new Promise<T>((resolve, reject) => {
      const done = (reply: Reply): void => {
        if (reply.state) {
          this.onState(reply.state);
        }
        reply.error ? reject(new Failure(reply.error)) : resolve(reply.data as T);
      };
      const timer = window.setTimeout(() => {
        this.waiting.delete(id);
        this.retired && this.retire();
        reject(new Failure({ message: 'The kernel does not answer.', hint: 'It may be busy: wait, or interrupt it.' }));
      }, patience);
      this.waiting.set(id, { done, fail: reject, timer });
      try {
        this.wire.send({ id, request });
      } catch (error) {
        this.waiting.delete(id);
        window.clearTimeout(timer);
        reject(new Failure({ message: 'There is no line to the kernel.', hint: String(error) }));
      }
    });
  }

  /** Close it once what was asked is answered: another line has taken its place. */
  retire(): void {
    this.retired = true;
    this.waiting.size || this.close();
  }

  close(): void {
    this.closed = true;
    for (const { timer, fail } of this.waiting.values()) {
      window.clearTimeout(timer);
      fail(new Failure({ message: 'The line to the kernel is gone.', hint: '' }));
    }
    this.waiting.clear();
    this.wire.close();
  }

  private take(message: Reply | Update): void {
    if (message.kind === 'update') {
      // What a retired line still hears, its successor hears too.
      this.retired || this.onUpdate(message);
      return;
    }
    const waiting = this.waiting.get(message.id);
    if (waiting) {
      this.waiting.delete(message.id);
      window.clearTimeout(waiting.timer);
      waiting.done(message);
      this.retired && this.retire();
    }
  }
}
