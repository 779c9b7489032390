// Printed by `scripts/protocol.py` from vly_nb/notebook/protocol.py and wire.py; don't edit.
/* eslint-disable */

export const PROTOCOL = 1;
export const TARGET = "vly";
export const MIME = "application/vnd.vly.step+json";

/** Write what is proposed: all of it, or these files, each whole (null) or these hunks. */
export interface Apply {
  do: "apply";
  /** The id of the proposal that is meant, so that no other is written. */
  proposal?: string;
  picks?: { [key: string]: number[] | null } | null;
  /** Only say whether it can be done. */
  dry?: boolean;
}

/** A wish, without a cell. */
export interface Ask {
  do: "ask";
  prompt: string;
}

/** A wish. */
export interface Asked {
  n: number;
  key: string;
  /** Which mounting of the project it belongs to: turns count from 1 in each. */
  run: string;
  kind: "asked";
  turn: number;
  prompt: string;
  when: string;
}

/** A picture or a text that was pasted or dropped, as base64. */
export interface Attach {
  do: "attach";
  name: string;
  data: string;
}

/** How a wish names what was attached. */
export interface Attached {
  kind: "attached";
  mention: string;
}

/** A tool call in a person's words. */
export interface CallData {
  line: string;
  failed: boolean;
}

/** A file that was created, modified or deleted. */
export interface ChangeData {
  /** Relative to the project, with `/`. */
  path: string;
  kind: "created" | "modified" | "deleted";
  /** Not text: there are no hunks. */
  binary: boolean;
  added: number;
  removed: number;
  hunks: HunkData[];
  /** Lines of the diff that are not in `hunks`. */
  left_out: number;
}

/** A check's word. */
export interface CheckData {
  name: string;
  /** "green", "red", or why there is no verdict. */
  status: string;
  new: DiagnosticData[];
  new_count: number;
  /** Complaints that were there before the turn. */
  known: number;
  note: string;
}

/** What may stand after an `@`. */
export interface Complete {
  do: "complete";
  before: string;
}

/** Something that may stand in place of the fragment. */
export interface Completion {
  text: string;
  kind: string;
}

/** What may stand after an `@`. */
export interface Completions {
  kind: "completions";
  fragment: string;
  items: Completion[];
}

/** What was used so far. */
export interface CostData {
  kind: "cost";
  rows: CostRow[];
  words: string;
}

/** What a turn used. */
export interface CostRow {
  turn: number;
  prompt: string;
  usage: UsageData;
  words: string;
}

/** A complaint about a place. Lines and columns count from 1. */
export interface DiagnosticData {
  /** None when the project as a whole is meant. */
  path: string | null;
  line: number | null;
  column: number | null;
  severity: "error" | "warning" | "info";
  code: string;
  message: string;
  /** Who complains: "tsc", "convex", "policy", "gate". */
  source: string;
  advice: string;
}

/** What changed between two versions. */
export interface DiffData {
  kind: "diff";
  older: number;
  newer: number;
  changes: ChangeData[];
  left_out: number;
}

/** What changed from one version to another. */
export interface DiffOf {
  do: "diff";
  older: number;
  newer: number;
}

/** A turn's end. */
export interface Ended {
  n: number;
  key: string;
  /** Which mounting of the project it belongs to: turns count from 1 in each. */
  run: string;
  kind: "ended";
  turn: number;
  good: boolean;
  title: string;
  notes: string[];
  /** The answer. */
  html: string;
  facts: Fact[];
  start: number;
  head: number;
  spent: string;
}

/** A request and its number. */
export interface Envelope {
  id: number;
  request: Hello | Refill | Plain | Apply | Reject | Next | Ask | Goto | VersionsOf | DiffOf | ProblemsOf | Complete | Settings | Queue | SetKey | RemoveKey | PreviewOf | Attach;
}

/** A line of a turn's closing; commands stand between backticks. */
export interface Fact {
  label: string;
  words: string;
}

/** Bring back a version. */
export interface Goto {
  do: "goto";
  number: number;
  /** The tree of the version that is meant: a notebook may be older than the project's versions. */
  tree?: string;
  /** Only say whether it can be done. */
  dry?: boolean;
}

/** The panel is there. `client` names the page, so that a reload takes its own place again. `since` (ms) tells the page's newest line from one that was given up and is heard late. */
export interface Hello {
  do: "hello";
  client: string;
  since?: number;
}

/** A run of changed lines with its context. Lines count from 1. */
export interface HunkData {
  /** Counts from 1 within its file: the number that `%vly apply FILE:1,3` takes. */
  number: number;
  before_start: number;
  before_count: number;
  after_start: number;
  after_count: number;
  lines: LineData[];
}

/** A key by its name. `where` says in words where it is, "" when it is missing. */
export interface KeyData {
  name: string;
  where: string;
  /** It is in the vault, and can be taken out. */
  kept: boolean;
}

/** Names of keys; never their values. `notes` are what a person should know of them. */
export interface KeyList {
  kind: "keys";
  keys: KeyData[];
  notes: string[];
}

/** A line of a diff. */
export interface LineData {
  tag: " " | "-" | "+";
  /** Without its line ending; one that hides a difference is shown as ␍. */
  text: string;
}

/** The step under way. */
export interface Live {
  step: number;
  doing: string;
  /** The last line of what a program says. */
  line: string;
  log: string[];
  seconds: number;
  /** How much the model has said, in UTF-16 units as a browser counts: what `grew` ends at. */
  size: number;
}

/** A mail that the stand-in kept instead of sending it. `code` is "" where none was seen in it. */
export interface MailData {
  to: string;
  subject: string;
  code: string;
}

/** Take the turn on by a step; `answer` is the person's to a question. */
export interface Next {
  do: "next";
  answer?: string | null;
}

/** A piece of the conversation, oldest first. */
export interface Page {
  kind: "page";
  entries: (Asked | Said | Stepped | Ended)[];
  more: boolean;
  live: Live | null;
  /** What the step under way has said so far. */
  words: string;
}

/** What needs no more words. `take` takes the first wish out of the queue. */
export interface Plain {
  do: "state" | "stop" | "undo" | "redo" | "cost" | "take" | "keys";
}

/** How the running app stands, and what is wrong with it. `source` is where a frame finds it; `mails` are the newest, newest first, and null where no stand-in runs that people sign in to. */
export interface PreviewData {
  kind: "preview";
  state: "off" | "starting" | "up" | "failed";
  source: string;
  url: string;
  note: string;
  found: DiagnosticData[];
  mails: MailData[] | null;
}

/** The running app: how it stands, or start it, stop it, look at it now. `away` says that the browser isn't on the notebook's machine. */
export interface PreviewOf {
  do: "preview";
  act: "state" | "start" | "stop" | "look";
  away: boolean;
}

/** Complaints about the project as it is. */
export interface ProblemList {
  kind: "problems";
  found: DiagnosticData[];
  known: number;
  checks: string[];
}

/** What the stack's rules say; with `check` the project's checks as well. */
export interface ProblemsOf {
  do: "problems";
  check?: boolean;
}

/** Changes that wait for `%vly apply` or `%vly reject`; nothing of them is written. */
export interface ProposalData {
  /** Tells it from other proposals. */
  id: string;
  changes: ChangeData[];
  /** Files that are not listed. */
  left_out: number;
}

/** What only the person can answer, with `%vly next ANSWER`. */
export interface QuestionData {
  text: string;
  /** Counted from 1: `%vly next 2` takes the second. */
  choices: string[];
}

/** The wishes that wait, all of them. */
export interface Queue {
  do: "queue";
  prompts: string[];
}

/** Older entries of the conversation: those before number `before`. */
export interface Refill {
  do: "refill";
  before: number;
}

/** Write nothing of what is proposed. */
export interface Reject {
  do: "reject";
  proposal?: string;
  reason?: string;
  /** Only say whether it can be done. */
  dry?: boolean;
}

/** Take a key out of the vault. */
export interface RemoveKey {
  do: "remove_key";
  name: string;
}

/** How a replayed step came out. */
export interface ReplayData {
  verified: boolean;
  /** Paths whose files differ from the tape's. */
  drifted: string[];
}

/** The answer to the request of that number; the state is as it is afterwards. */
export interface Reply {
  kind: "reply";
  id: number;
  error: Trouble | null;
  data: Welcome | Page | VersionList | DiffData | ProblemList | CostData | Completions | KeyList | Taken | PreviewData | Attached | null;
  state: State | null;
}

/** A rule that complains, in short; `%vly help ID` shows its whole page. */
export interface RuleData {
  id: string;
  /** What to do, in one line. */
  title: string;
  /** Markdown. */
  why: string;
}

/** Something to know. */
export interface Said {
  n: number;
  key: string;
  /** Which mounting of the project it belongs to: turns count from 1 in each. */
  run: string;
  kind: "notice";
  text: string;
  hint: string;
  bad: boolean;
}

/** Keep a key's value in the vault; one for the model is tried first. */
export interface SetKey {
  do: "set_key";
  name: string;
  value: string;
}

/** How vly works from now on. `driving` says that a panel takes the turn on by itself. */
export interface Settings {
  do: "set";
  mode?: "run" | "step" | "review" | null;
  model?: string | null;
  driving?: boolean | null;
}

/** A page that was read. */
export interface SourceData {
  url: string;
  title: string;
}

/** Where things stand. */
export interface State {
  /** Which mounting this is: the `run` of its entries. */
  run: string;
  /** How many updates were sent so far: a server may drop some, and then the panel is filled anew. */
  told: number;
  project: string | null;
  stack: string;
  /** The project's folder, relative to where the kernel was started; "" when it lies elsewhere. */
  folder: string;
  mode: "run" | "step" | "review";
  model: string;
  models: string[];
  only: string[];
  tape: boolean;
  version: number;
  versions: number;
  undo: boolean;
  redo: boolean;
  running: boolean;
  /** A cell runs, so that no other can. */
  cell: boolean;
  turn: number;
  /** The turn can be taken on. */
  open: boolean;
  waiting: "proposal" | "question" | null;
  driving: boolean;
  queue: string[];
  /** Whether there is a way to reach a model; "refused": the endpoint didn't accept the key. */
  key: "set" | "missing" | "refused";
  /** The host that a key is sent to, where that isn't the provider's own. */
  endpoint: string;
  spent: string;
}

/** One step of a turn: a reply of the model and all that its calls did. */
export interface StepData {
  schema: 1;
  turn: number;
  /** Counts from 1 within the turn. */
  step: number;
  title: string;
  /** The wish that the turn answers, on one line. */
  asked: string;
  /** What the model said, Markdown. */
  said: string;
  state: "done" | "waiting" | "stopped";
  /** The version at the step's end; None when nothing was written. */
  version: number | null;
  /** The git tree of that version, which tells it from another project's of the same number. */
  tree: string;
  changes: ChangeData[];
  files_left_out: number;
  calls: CallData[];
  /** What a gate turned away before a byte was written. */
  refusals: DiagnosticData[];
  /** Complaints that are new with this step. */
  diagnostics: DiagnosticData[];
  diagnostics_left_out: number;
  checks: CheckData[];
  /** The rules among the codes of refusals, diagnostics and checks. */
  rules: RuleData[];
  usage: UsageData;
  /** US dollars; None when the price isn't known. */
  cost: number | null;
  replay: ReplayData | null;
  sources: SourceData[];
  proposal: ProposalData | null;
  question: QuestionData | null;
}

/** A step, complete or waiting. */
export interface Stepped {
  n: number;
  key: string;
  /** Which mounting of the project it belongs to: turns count from 1 in each. */
  run: string;
  kind: "step";
  data: StepData;
  /** What the model said beyond the title. */
  html: string;
}

/** The wish that was first in the queue. */
export interface Taken {
  kind: "taken";
  prompt: string | null;
}

/** What is wrong, and what to do next. */
export interface Trouble {
  message: string;
  hint: string;
}

/** News. `grew` goes to the end of what the step under way said, which then has `live.size`. */
export interface Update {
  kind: "update";
  /** Counts up. */
  number: number;
  entries: (Asked | Said | Stepped | Ended)[];
  grew: string;
  live: Live | null;
  state: State | null;
}

/** Tokens. */
export interface UsageData {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  searches: number;
}

/** A version. */
export interface VersionData {
  number: number;
  label: string;
  kind: string;
  when: string;
  files: string[];
  restores: number | null;
}

/** Versions, newest first. */
export interface VersionList {
  kind: "versions";
  head: number;
  versions: VersionData[];
  more: boolean;
}

/** Versions, newest first, those before number `before`. */
export interface VersionsOf {
  do: "versions";
  before?: number | null;
}

/** The answer to hello. */
export interface Welcome {
  kind: "welcome";
  protocol: number;
  version: string;
  state: State;
  page: Page;
}

export type Request = Hello | Refill | Plain | Apply | Reject | Next | Ask | Goto | VersionsOf | DiffOf | ProblemsOf | Complete | Settings | Queue | SetKey | RemoveKey | PreviewOf | Attach;

export type Entry = Asked | Said | Stepped | Ended;
