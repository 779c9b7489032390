// A comm as a wire. Our own comm target has a thread of its own in the kernel, so that a click is heard
// while a cell runs; it must be there before the comm is opened.

import type { Kernel, KernelMessage } from '@jupyterlab/services';

import type { Wire } from '../line';
import { TARGET } from '../protocol';

const PATIENCE = 3000; // ms; after a page was loaded anew while a cell runs there is no kernel info

/** Open our comm; `subshell` says whether it has its own thread. Nothing is heard before the first send. */
export async function openComm(kernel: Kernel.IKernelConnection): Promise<{ wire: Wire; subshell: boolean }> {
  const known = await within(kernel.info, PATIENCE);
  const comm = kernel.createComm(TARGET);
  const started = (comm as { subshellStarted?: Promise<void> }).subshellStarted;
  const subshell = known && started ? await within(started, PATIENCE) : false;
  let gone = false;
  void comm.open();
  return {
    subshell,
    wire: {
      send: message => {
        comm.send(message as unknown as Parameters<typeof comm.send>[0]);
      },
      onMessage: take => {
        comm.onMsg = (message: KernelMessage.ICommMsgMsg) => take(message.content.data);
      },
      onClosed: take => {
        comm.onClose = () => {
          gone = true;
          take();
        };
      },
      close: () => {
        try {
          gone || comm.isDisposed || kernel.isDisposed || kernel.status === 'dead' || void comm.close();
        } catch {
          // the kernel went first
        }
      }
    }
  };
}

/** Whether it came true in time. */
async function within(promise: Promise<unknown>, patience: number): Promise<boolean> {
  const late = new Promise<boolean>(resolve => window.setTimeout(() => resolve(false), patience));
  return Promise.race([promise.then(() => true, () => false), late]);
}
