// The tabs, in order. A tab is one file and one line here.

import type { Host, Session } from '../host';
import type { News } from '../store';
import { chat } from './chat';
import { cost } from './cost';
import { keys } from './keys';
import { preview } from './preview';
import { problems } from './problems';
import { versions } from './versions';

/** What a tab is given: the session, the place it is in, and a way to put words into the prompt. */
export interface Setting {
  session: Session;
  host: Host;
  prompt(words: string): void;
}

/** A tab that is open. `take` hears of every change, `shown` that it came to the front. */
export interface View {
  node: HTMLElement;
  take?(news: News): void;
  shown?(): void;
}

export interface Tab {
  id: string;
  label(host: Host): string;
  /** A number beside the label, when there is something to say. */
  badge?(session: Session): string;
  open(setting: Setting): View;
}

export const TABS: Tab[] = [chat, versions, preview, problems, keys, cost];
