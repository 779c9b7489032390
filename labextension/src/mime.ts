// The renderer of a step in a cell's output: the same card as in the panel, its buttons working where
// the step still stands: a proposal that waits, a version that is there. Also in an untrusted notebook.

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from './dom';
import type { Host } from './host';
import { getBridge } from './lab/bridge';
import type { Attachment } from './lab/attachment';
import { MIME, type StepData } from './protocol';
import { stepView, type Acting } from './step';

const TRIES = 20;

class StepOutput extends Widget implements IRenderMime.IRenderer {
  private leave: () => void = () => undefined;
  private state = '';
  private shown: { data: StepData; html: string } | null = null;

  constructor(private options: IRenderMime.IRendererOptions) {
    super();
    this.addClass('vly-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const data = model.data[MIME] as unknown as StepData;
    if (data?.schema !== 1) {
      throw new Error('A step of another version of vly');
    }
    const html = await this.said(data);
    this.leave();
    this.state = '';
    this.draw(data, html);
    this.shown = { data, html };
    this.isAttached && this.follow(data, html, TRIES);
  }

  /** The widget is put into the notebook after it was rendered, and the notebook is known a little later. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.shown && this.follow(this.shown.data, this.shown.html, TRIES);
  }

  override dispose(): void {
    this.leave();
    super.dispose();
  }

  private async said(data: StepData): Promise<string> {
    const words = data.said.trim();
    const rest = words.startsWith(data.title) ? words.slice(data.title.length).replace(/^[\s.!:]+/, '') : words;
    const flat = rest.split(/\s+/).join(' ').replace(/[.!:]+$/, '');
    if (!rest || !data.calls.length || flat === data.title.replace(/[.!:…]+$/, '')) {
      return '';
    }
    const parser = this.options.markdownParser;
    return parser ? parser.render(rest) : '';
  }

  /** The buttons change with where the session stands. */
  private follow(data: StepData, html: string, tries: number): void {
    const found = this.isDisposed ? null : getBridge()?.find(this.node);
    if (!found) {
      tries && window.setTimeout(() => this.follow(data, html, tries - 1), 300);
      return;
    }
    this.leave();
    const { attachment, host } = found;
    const refresh = (): void => {
      const state = standing(data, attachment);
      if (state !== this.state) {
        this.state = state;
        this.draw(data, html, host, attachment);
      }
    };
    this.leave = attachment.store.listen(news => news.state && refresh());
    refresh();
  }

  private draw(data: StepData, html: string, host?: Host, attachment?: Attachment): void {
    const place: Host = {
      ...(host ?? { t: words }),
      sanitize: text => this.options.sanitizer.sanitize(text)
    };
    const card = stepView(data, html, place, attachment ? acting(data, this.state, attachment) : {});
    fill(this.node, h('div', { class: 'vly-in-cell' }, card));
  }
}

function words(text: string, ...values: (string | number)[]): string {
  return text.replace(/%(\d)/g, (whole, n) => String(values[Number(n) - 1] ?? whole));
}

function standing(data: StepData, attachment: Attachment): string {
  const { state, standing: line } = attachment.store;
  if (line !== 'ready' || !state?.project) {
    return '';
  }
  if (data.state === 'waiting') {
    const last = [...attachment.store.entries].reverse().find(entry => entry.kind === 'step');
    const same = last?.kind === 'step' && last.run === state.run && last.data.turn === data.turn && last.data.step === data.step;
    const proposal = last?.kind === 'step' ? last.data.proposal?.id : undefined;
    return same && proposal === data.proposal?.id && state.waiting !== null && !state.running && state.turn === data.turn ? 'waits' : 'passed';
  }
  return data.version !== null && data.tree && data.version <= state.versions ? 'goes' : '';
}

function acting(data: StepData, state: string, attachment: Attachment): Partial<Acting> {
  const { actions } = attachment;
  if (state === 'goes') {
    return { goto: () => actions.goto(data.version ?? 0, data.tree) };
  }
  if (state !== 'waits') {
    return {};
  }
  return data.proposal
    ? { apply: picks => actions.apply(data.proposal?.id ?? '', picks), reject: reason => actions.reject(data.proposal?.id ?? '', reason) }
    : { answer: text => actions.next(text) };
}

const extension: IRenderMime.IExtension = {
  id: 'vly_nb:step',
  description: 'Shows a step of vly with its diff, its checks and its buttons.',
  rendererFactory: { safe: true, mimeTypes: [MIME], createRenderer: options => new StepOutput(options) },
  rank: 0,
  dataType: 'json'
};

export default extension;
