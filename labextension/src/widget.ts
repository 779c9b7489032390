// The widget panel: the same component over a widget's own line, for front ends without the extension.

import type { Actions, Host, Session } from './host';
import { Line } from './line';
import { mountPanel } from './panel';
import type { Taken, Welcome } from './protocol';
import { oneAtATime, Store } from './store';
import css from '../style/panel.css';

/** What anywidget gives: a model that sends and hears messages. */
interface Model {
  send(message: unknown): void;
  on(event: string, take: (message: unknown) => void): void;
  off(event: string, take?: (message: unknown) => void): void;
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const style = document.createElement('style');
  style.textContent = css;
  const root = document.createElement('div');
  root.className = 'vly-widget';
  el.append(style, root);
  const store = new Store();
  store.set({ standing: 'connecting' });
  let take: (message: unknown) => void = () => undefined;
  const hear = (message: unknown): void => take(message);
  const line = new Line(
    {
      send: message => model.send(message),
      onMessage: heard => {
        take = heard;
        model.on('msg:custom', hear);
      },
      close: () => model.off('msg:custom', hear)
    },
    update => store.take(update),
    state => store.setState(state)
  );
  const session: Session = { store, actions: actionsOf(line, store), line: () => line, draft: { text: '', history: [], tab: 'chat' } };
  const leave = mountPanel(root, session, { t: plain } satisfies Host);
  const me = Math.random().toString(36).slice(2);
  const hello = async (): Promise<void> => {
    try {
      store.welcome(await line.ask<Welcome>({ do: 'hello', client: me, since: Date.now() }, 30_000));
    } catch {
      store.set({ standing: 'lost' });
    }
  };
  store.onGap = oneAtATime(() => hello());
  store.listen(news => {
    if (news.state && store.state?.queue.length && !store.busy && !store.state.open) {
      void line.ask<Taken>({ do: 'take' }).then(taken => (taken?.prompt ? session.actions.send(taken.prompt) : undefined));
    }
  });
  void hello();
  return () => {
    leave();
    line.close();
  };
}

const STOP = 2000; // ms

function plain(words: string, ...values: (string | number)[]): string {
  return words.replace(/%(\d)/g, (whole, n) => String(values[Number(n) - 1] ?? whole));
}

function actionsOf(line: Line, store: Store): Actions {
  const done = async (request: Parameters<Line['ask']>[0]): Promise<void> => {
    await line.ask(request);
  };
  return {
    send: async prompt => {
      store.set({ sending: prompt });
      try {
        await done({ do: 'ask', prompt });
      } catch (error) {
        store.set({ sending: null });
        throw error;
      }
    },
    next: answer => done({ do: 'next', answer: answer ?? null }),
    apply: (proposal, picks) => done({ do: 'apply', proposal, picks }),
    reject: (proposal, reason) => done({ do: 'reject', proposal, reason }),
    stop: async () => {
      try {
        await line.ask({ do: 'stop' }, STOP);
      } catch {
        // An older kernel hears nothing while a cell runs, and from here it can't be interrupted.
        throw new Error('The kernel is busy with a cell. It stops when you interrupt it (■), or when that cell has ended.');
      }
    },
    undo: () => done({ do: 'undo' }),
    redo: () => done({ do: 'redo' }),
    goto: (number, tree) => done({ do: 'goto', number, tree: tree ?? '' })
  };
}

export default { render };
