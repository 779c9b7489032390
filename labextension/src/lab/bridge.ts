// Bridge: from a step's output in a cell to the session of the notebook it stands in.

import type { Host } from '../host';
import type { Attachment } from './attachment';

export interface Bridge {
  /** The notebook that an element is part of; null when it isn't in one. */
  find(node: HTMLElement): { attachment: Attachment; host: Host } | null;
}

let bridge: Bridge | null = null;

export function setBridge(made: Bridge): void {
  bridge = made;
}

/** Null until the panel's plugin has started, and where it is switched off. */
export function getBridge(): Bridge | null {
  return bridge;
}
