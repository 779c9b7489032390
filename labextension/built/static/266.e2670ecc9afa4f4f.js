"use strict";(self.rspackChunkvly_nb=self.rspackChunkvly_nb||[]).push([[266],{646(e,l,r){var o=r(601),a=r.n(o),t=r(314),i=r.n(t),n=r(724),v=i()(a());v.i(n.A),v.push([e.id,`
`,""]),r.d(l,{},{A:v})},724(e,l,r){var o=r(601),a=r.n(o),t=r(314),i=(r.n(t))()(a());i.push([e.id,`/* One style sheet for the side panel, the steps in cells and the widget, on the host's own colours. */

.vly-side,
.vly-widget,
.vly-in-cell {
  --vly-text: var(--jp-ui-font-color1, #1f2328);
  --vly-soft: var(--jp-ui-font-color2, #57606a);
  --vly-back: var(--jp-layout-color1, #fff);
  --vly-raised: var(--jp-layout-color2, #f3f4f6);
  --vly-edge: var(--jp-border-color2, #d8dce1);
  --vly-accent: var(--jp-brand-color1, #1769c2);
  --vly-on-accent: var(--jp-ui-inverse-font-color1, #fff);
  --vly-good: var(--jp-success-color1, #1a7f37);
  --vly-bad: var(--jp-error-color1, #c62828);
  --vly-warn: var(--jp-warn-color1, #b25000);
  --vly-mono: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace);
  --vly-add: rgba(46, 160, 67, 0.14);
  --vly-del: rgba(248, 81, 73, 0.13);
  --vly-radius: 8px;

  color: var(--vly-text);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: 13px;
  line-height: 1.5;
}

[data-jp-theme-light='false'] .vly-side,
[data-jp-theme-light='false'] .vly-widget,
[data-jp-theme-light='false'] .vly-in-cell {
  --vly-accent: #6cb2f5;
  --vly-on-accent: #10151b;
  --vly-good: #57c472;
  --vly-bad: #ff8a80;
  --vly-warn: #f0b35a;
  --vly-soft: #b0b7c0;
}

[data-jp-theme-light='true'] .vly-side,
[data-jp-theme-light='true'] .vly-widget,
[data-jp-theme-light='true'] .vly-in-cell {
  --vly-accent: #1565c0;
  --vly-good: #1a7f37;
  --vly-bad: #b3261e;
  --vly-warn: #8a4b00;
  --vly-soft: #57606a;
  --vly-text: #1f2328;
}

.vly-side {
  background: var(--vly-back);
  min-width: 320px;
  overflow: hidden;
}

.vly-widget {
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  background: var(--vly-back);
  height: 640px;
  overflow: hidden;
}

.vly-panel {
  display: flex;
  flex-direction: column;
  height: 100%;
  min-height: 0;
}

.vly-panel [hidden],
.vly-in-cell [hidden] {
  display: none !important;
}

.vly-panel *,
.vly-in-cell * {
  box-sizing: border-box;
}

/* -- head and tabs ------------------------------------------------------- */

.vly-top {
  padding: 12px 16px 6px;
}

.vly-brand {
  display: flex;
  align-items: baseline;
  gap: 8px;
}

.vly-name {
  font-size: 15px;
  font-weight: 600;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-tabs {
  display: flex;
  flex-wrap: wrap;
  gap: 0 2px;
  padding: 0 10px;
  border-bottom: 1px solid var(--vly-edge);
  flex: none;
}

.vly-tab {
  appearance: none;
  border: 0;
  background: none;
  color: var(--vly-soft);
  font: inherit;
  padding: 6px 7px 8px;
  border-bottom: 2px solid transparent;
  cursor: pointer;
  white-space: nowrap;
}

.vly-tab:hover {
  color: var(--vly-text);
}

.vly-tab[aria-selected='true'] {
  color: var(--vly-text);
  font-weight: 600;
  border-bottom-color: var(--vly-accent);
}

.vly-covered .vly-tabs,
.vly-covered .vly-composer {
  display: none;
}

.vly-body {
  flex: 1;
  min-height: 0;
  display: flex;
}

.vly-scroll {
  flex: 1;
  min-width: 0;
  overflow: hidden auto;
  overflow-anchor: none;
  padding: 14px 16px;
  overflow-wrap: anywhere;
}

/* A wide panel keeps its lines short enough to read. */
.vly-panel .vly-scroll > *,
.vly-panel .vly-cover > *,
.vly-panel .vly-composer > * {
  max-width: 860px;
  margin-inline: auto;
}

.vly-cover {
  flex: 1;
  overflow: auto;
  padding: 20px 16px;
}

/* -- words ----------------------------------------------------------------- */

.vly-h {
  font-size: 15px;
  line-height: 1.35;
  font-weight: 600;
  margin: 0 0 6px;
  color: inherit;
}

.vly-quiet {
  color: var(--vly-soft);
  font-size: 12px;
}

.vly-quiet p,
p.vly-quiet {
  margin: 0 0 12px;
}

.vly-strong {
  font-weight: 600;
}

.vly-good {
  color: var(--vly-good);
}

.vly-bad {
  color: var(--vly-bad);
}

.vly-pre {
  white-space: pre-wrap;
}

.vly-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.vly-tag {
  font-size: 11px;
  color: var(--vly-soft);
  border: 1px solid var(--vly-edge);
  border-radius: 999px;
  padding: 0 7px;
  margin-left: 6px;
  white-space: nowrap;
}

.vly-panel code,
.vly-in-cell code {
  font-family: var(--vly-mono);
  font-size: 0.92em;
  background: var(--vly-raised);
  color: inherit;
  padding: 1px 4px;
  border-radius: 4px;
}

.vly-trouble {
  color: var(--vly-bad);
}

.vly-trouble:empty {
  display: none;
}

.vly-entry .vly-trouble,
.vly-composer .vly-trouble,
.vly-first .vly-trouble {
  border-left: 3px solid var(--vly-bad);
  padding: 4px 10px;
  margin: 6px 0;
}

.vly-notice {
  color: var(--vly-soft);
  font-size: 12px;
  text-align: center;
}

/* -- buttons ----------------------------------------------------------------- */

.vly-button,
.vly-primary,
.vly-stop,
.vly-choice {
  appearance: none;
  font: inherit;
  border-radius: 6px;
  border: 1px solid var(--vly-edge);
  background: var(--vly-back);
  color: var(--vly-text);
  padding: 4px 12px;
  cursor: pointer;
  white-space: nowrap;
}

.vly-button:hover:not(:disabled),
.vly-choice:hover:not(:disabled) {
  background: var(--vly-raised);
}

.vly-primary {
  background: var(--vly-accent);
  border-color: var(--vly-accent);
  color: var(--vly-on-accent);
  font-weight: 600;
}

.vly-primary:hover:not(:disabled) {
  filter: brightness(1.08);
}

.vly-stop {
  border-color: var(--vly-bad);
  color: var(--vly-bad);
  font-weight: 600;
}

.vly-panel button:disabled,
.vly-in-cell button:disabled {
  opacity: 0.55;
  cursor: default;
}

.vly-choice {
  display: block;
  width: 100%;
  text-align: left;
  padding: 9px 12px;
  margin: 0 0 8px;
  white-space: normal;
}

.vly-choice .vly-quiet {
  display: block;
}

/* The host rounds buttons its own way. */
.vly-panel .vly-choice {
  border-radius: var(--vly-radius);
}

.vly-panel .vly-button,
.vly-panel .vly-primary,
.vly-panel .vly-stop,
.vly-in-cell .vly-button,
.vly-in-cell .vly-primary {
  border-radius: 6px;
}

.vly-link {
  appearance: none;
  border: 0;
  background: none;
  padding: 0;
  font: inherit;
  font-size: 12px;
  color: var(--vly-accent);
  cursor: pointer;
  text-align: left;
  overflow-wrap: anywhere;
}

.vly-link:hover {
  text-decoration: underline;
}

.vly-icon {
  appearance: none;
  border: 0;
  background: none;
  color: var(--vly-soft);
  font: inherit;
  font-size: 15px;
  line-height: 1;
  padding: 4px 6px;
  border-radius: 4px;
  cursor: pointer;
}

.vly-icon:hover {
  background: var(--vly-raised);
  color: var(--vly-text);
}

.vly-panel :focus-visible,
.vly-in-cell :focus-visible {
  outline: 2px solid var(--vly-accent);
  outline-offset: 1px;
}

.vly-row {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  align-items: center;
  margin: 10px 0 0;
}

.vly-bar {
  margin: 0 0 12px;
}

.vly-input {
  flex: 1;
  min-width: 120px;
  font: inherit;
  color: var(--vly-text);
  background: var(--vly-back);
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  padding: 4px 10px;
}

.vly-first .vly-row {
  margin: 0 0 14px;
}

/* -- the conversation --------------------------------------------------------- */

.vly-entry {
  margin: 0 0 14px;
}

.vly-entry:empty {
  display: none;
}

.vly-entry-asked {
  margin-top: 22px;
}

.vly-entry-asked:first-child {
  margin-top: 0;
}

.vly-asked {
  background: color-mix(in srgb, var(--vly-accent) 11%, var(--vly-back));
  border-radius: 12px 12px 3px 12px;
  padding: 9px 13px;
  margin-left: 28px;
  white-space: pre-wrap;
  max-height: 260px;
  overflow: auto;
}

.vly-card {
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  padding: 10px 12px;
  background: var(--vly-back);
}

.vly-card.vly-waits {
  border-color: var(--vly-accent);
}

.vly-head {
  display: flex;
  gap: 8px;
  align-items: baseline;
}

.vly-mark {
  flex: none;
  width: 14px;
  text-align: center;
  font-size: 12px;
  color: var(--vly-good);
}

.vly-red .vly-mark {
  color: var(--vly-bad);
}

.vly-waits .vly-mark {
  color: var(--vly-accent);
}

.vly-title {
  font-weight: 600;
}

.vly-card > :not(.vly-head) {
  margin-left: 22px;
}

.vly-card > .vly-files,
.vly-card > .vly-review {
  margin-left: 0;
}

.vly-said > :first-child {
  margin-top: 4px;
}

.vly-said > :last-child {
  margin-bottom: 0;
}

.vly-said p,
.vly-said ul,
.vly-said ol {
  margin: 6px 0;
}

.vly-said ul,
.vly-said ol {
  padding-left: 20px;
}

.vly-said pre {
  font-family: var(--vly-mono);
  font-size: 12px;
  background: var(--vly-raised);
  border-radius: 6px;
  padding: 8px 10px;
  overflow-x: auto;
}

.vly-said a,
.vly-quiet a {
  color: var(--vly-accent);
  text-decoration: underline;
}

.vly-said table,
.vly-table {
  border-collapse: collapse;
  font-size: 12px;
}

.vly-said th,
.vly-said td,
.vly-table th,
.vly-table td {
  text-align: left;
  vertical-align: top;
  padding: 4px 10px 4px 0;
  border-bottom: 1px solid var(--vly-edge);
}

.vly-calls {
  list-style: none;
  margin: 4px 0 0;
  padding: 0;
  color: var(--vly-soft);
  font-size: 12px;
}

.vly-card > .vly-calls {
  margin-left: 22px;
}

.vly-failed {
  color: var(--vly-bad);
}

.vly-fold > summary {
  cursor: pointer;
  color: var(--vly-soft);
  font-size: 12px;
  padding: 2px 0;
}

.vly-foot {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 12px;
  margin-top: 8px;
  font-size: 12px;
  align-items: baseline;
}

.vly-version {
  font-weight: 600;
}

.vly-check {
  margin-top: 6px;
  font-size: 12px;
}

.vly-check .vly-quiet {
  color: var(--vly-soft);
}

.vly-complaint {
  border-left: 3px solid var(--vly-warn);
  padding: 2px 0 2px 10px;
  margin: 8px 0;
  font-size: 12px;
}

.vly-complaint.vly-error {
  border-left-color: var(--vly-bad);
}

.vly-complaint > div:first-child {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 8px;
  align-items: baseline;
}

.vly-weight {
  font-weight: 600;
}

.vly-end {
  padding: 2px 0 0;
}

.vly-end-bad {
  border-left: 3px solid var(--vly-warn);
  padding-left: 10px;
}

.vly-facts {
  margin: 10px 0 0;
  font-size: 12px;
}

.vly-facts dt {
  color: var(--vly-soft);
}

.vly-facts dd {
  margin: 0 0 6px;
}

.vly-live-words > div {
  white-space: pre-wrap;
}

.vly-live {
  margin: 0 0 10px;
}

.vly-nokey {
  border: 1px solid var(--vly-accent);
  border-radius: var(--vly-radius);
  background: color-mix(in srgb, var(--vly-accent) 6%, var(--vly-back));
  padding: 12px 14px;
  margin: 8px 0 16px;
}

.vly-nokey p.vly-quiet {
  margin: 4px 0 0;
}

.vly-keyform .vly-trouble {
  flex-basis: 100%;
}

.vly-latest {
  position: sticky;
  bottom: 0;
  height: 0;
  display: flex;
  justify-content: center;
  align-items: flex-end;
}

.vly-panel .vly-latest .vly-button {
  border-radius: 999px;
  box-shadow: 0 2px 8px rgba(0, 0, 0, 0.18);
}

.vly-older {
  display: block;
  margin: 0 auto 12px;
}

/* -- files and diffs -------------------------------------------------------------- */

.vly-files {
  margin-top: 8px;
}

.vly-file {
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  margin: 6px 0 0;
  overflow: hidden;
}

.vly-file-head {
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 0 6px 0 8px;
  background: var(--vly-raised);
}

.vly-toggle {
  appearance: none;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  flex: 1;
  min-width: 0;
  min-height: 30px;
  padding: 4px 0;
  display: flex;
  align-items: center;
  gap: 6px;
  cursor: pointer;
  text-align: left;
}

.vly-toggle::before {
  content: '▸';
  color: var(--vly-soft);
  font-size: 10px;
  width: 10px;
  flex: none;
}

.vly-toggle[aria-expanded='true']::before {
  content: '▾';
}

.vly-path {
  font-family: var(--vly-mono);
  font-size: 12px;
  display: flex;
  white-space: nowrap;
  overflow: hidden;
  min-width: 0;
}

/* Where there is no room, it is the folders that are cut. */
.vly-folder {
  color: var(--vly-soft);
  overflow: hidden;
  text-overflow: ellipsis;
  min-width: 0;
}

.vly-folder + span {
  flex: none;
  max-width: 100%;
  overflow: hidden;
  text-overflow: ellipsis;
}

.vly-counts {
  margin-left: auto;
  font-size: 12px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
  display: flex;
  gap: 6px;
}

.vly-plus {
  color: var(--vly-good);
}

.vly-minus {
  color: var(--vly-bad);
}

.vly-open {
  font-size: 13px;
  flex: none;
}

.vly-box {
  margin: 0;
  width: 14px;
  height: 14px;
  flex: none;
  accent-color: var(--vly-accent);
  cursor: pointer;
}

.vly-hunk-head {
  display: flex;
  gap: 8px;
  align-items: center;
  padding: 3px 8px;
  font-size: 12px;
  position: sticky;
  left: 0;
}

.vly-hunk {
  border-top: 1px solid var(--vly-edge);
}

.vly-hunk-head .vly-quiet {
  font-family: var(--vly-mono);
  font-size: 11px;
}

.vly-hunk {
  overflow-x: auto;
}

.vly-hunk:focus-visible {
  outline-offset: -2px;
}

.vly-lines {
  margin: 0;
  overflow: visible;
  width: max-content;
  min-width: 100%;
  font-family: var(--vly-mono);
  font-size: 12px;
  line-height: 1.5;
  color: inherit;
  background: none;
  white-space: pre;
  padding: 0 0 4px;
}

.vly-line {
  display: inline-block;
  min-width: 100%;
  padding-right: 8px;
}

.vly-no {
  display: inline-block;
  width: 34px;
  padding-right: 8px;
  text-align: right;
  color: var(--vly-soft);
  user-select: none;
  font-size: 11px;
}

.vly-sign {
  display: inline-block;
  width: 1.6ch;
}

.vly-add {
  background: var(--vly-add);
}

.vly-del {
  background: var(--vly-del);
}

.vly-pad {
  padding: 6px 10px;
}

.vly-t-comment {
  color: var(--vly-soft);
  font-style: italic;
}

.vly-t-string {
  color: var(--jp-mirror-editor-string-color, #a3312a);
}

.vly-t-keyword {
  color: var(--jp-mirror-editor-keyword-color, #0a6b2d);
}

.vly-t-number {
  color: var(--jp-mirror-editor-number-color, #116644);
}

.vly-t-tag {
  color: var(--vly-accent);
}

/* -- review -------------------------------------------------------------------------- */

.vly-review {
  margin-top: 8px;
}

.vly-ask {
  margin: 0 0 4px;
  font-weight: 600;
}

.vly-keys {
  margin: 10px 0 0;
  color: var(--vly-soft);
  font-size: 11px;
}

/* -- versions -------------------------------------------------------------------------- */

.vly-timeline {
  list-style: none;
  margin: 0;
  padding: 0 0 0 14px;
  border-left: 2px solid var(--vly-edge);
}

.vly-timeline > li {
  position: relative;
  margin: 0 0 16px;
}

.vly-timeline > li::before {
  content: '';
  position: absolute;
  left: -20px;
  top: 5px;
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--vly-back);
  border: 2px solid var(--vly-soft);
}

.vly-timeline > .vly-here::before {
  background: var(--vly-accent);
  border-color: var(--vly-accent);
}

.vly-when {
  font-size: 12px;
  color: var(--vly-soft);
}

.vly-when b {
  color: var(--vly-text);
}

.vly-keylist {
  list-style: none;
  padding: 0;
  margin: 0;
}

.vly-keylist li {
  padding: 10px 0;
  border-bottom: 1px solid var(--vly-edge);
}

.vly-keyrow {
  display: flex;
  align-items: baseline;
  gap: 12px;
}

.vly-keyrow code {
  overflow-wrap: anywhere;
}

.vly-missing {
  color: var(--vly-warn);
  font-size: 12px;
}

.vly-another {
  margin: 20px 0 0;
}

/* -- what goes on, and the prompt -------------------------------------------------------- */

.vly-doing {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 6px 16px;
  border-top: 1px solid var(--vly-edge);
  flex: none;
}

.vly-doing-words {
  flex: 1;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-dot {
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: var(--vly-accent);
  flex: none;
  animation: vly-pulse 1.4s ease-in-out infinite;
}

@keyframes vly-pulse {
  50% {
    opacity: 0.25;
  }
}

@media (prefers-reduced-motion: reduce) {
  .vly-dot {
    animation: none;
  }
}

.vly-composer {
  padding: 10px 12px 12px;
  border-top: 1px solid var(--vly-edge);
  flex: none;
}

.vly-box-outer {
  position: relative;
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  background: var(--vly-back);
}

.vly-box-outer:focus-within {
  border-color: var(--vly-accent);
  box-shadow: 0 0 0 1px var(--vly-accent);
}

.vly-prompt {
  display: block;
  width: 100%;
  resize: vertical;
  min-height: 64px;
  max-height: 40vh;
  border: 0;
  background: none;
  color: var(--vly-text);
  font: inherit;
  padding: 9px 12px 4px;
  field-sizing: content;
}

.vly-prompt:focus,
.vly-prompt:focus-visible {
  outline: none;
}

.vly-prompt::placeholder,
.vly-input::placeholder {
  color: var(--vly-soft);
  opacity: 1;
}

.vly-tools {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 4px 6px 6px;
}

.vly-grow {
  flex: 1;
}

.vly-select {
  appearance: none;
  border: 0;
  background:
    linear-gradient(45deg, transparent 50%, currentcolor 50%) right 8px center / 4px 4px no-repeat,
    linear-gradient(135deg, currentcolor 50%, transparent 50%) right 4px center / 4px 4px no-repeat;
  color: var(--vly-soft);
  font: inherit;
  font-size: 12px;
  padding: 3px 16px 3px 4px;
  field-sizing: content;
  border-radius: 4px;
  cursor: pointer;
  min-width: 0;
  text-overflow: ellipsis;
}

.vly-select:hover {
  background-color: var(--vly-raised);
  color: var(--vly-text);
}

.vly-select option {
  color: var(--vly-text);
  background: var(--vly-back);
}

.vly-model {
  flex: 0 1 auto;
}

.vly-how {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 8px;
  margin: 6px 0 0;
}

.vly-record {
  display: flex;
  align-items: center;
  gap: 6px;
  margin-left: auto;
  font-size: 12px;
  color: var(--vly-soft);
}

.vly-record input {
  margin: 0;
  accent-color: var(--vly-accent);
}

.vly-queue {
  list-style: none;
  margin: 0 0 8px;
  padding: 0;
}

.vly-queue li {
  display: flex;
  align-items: center;
  background: var(--vly-raised);
  border-radius: 6px;
  padding: 2px 4px 2px 10px;
  margin-top: 4px;
  font-size: 12px;
}

.vly-queued {
  flex: 1;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-offers {
  position: absolute;
  bottom: 100%;
  left: 0;
  right: 0;
  z-index: 10;
  list-style: none;
  margin: 0 0 4px;
  padding: 4px;
  max-height: 240px;
  overflow: auto;
  background: var(--vly-back);
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  box-shadow: 0 4px 16px rgba(0, 0, 0, 0.18);
  font-family: var(--vly-mono);
  font-size: 12px;
}

.vly-offers li {
  padding: 4px 8px;
  border-radius: 4px;
  cursor: pointer;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-offers li[aria-selected='true'] {
  background: var(--vly-accent);
  color: var(--vly-on-accent);
}

.vly-in-cell {
  padding: 2px 12px 6px 0;
  max-width: 980px;
}

/* -- a person's own colours ------------------------------------------------------------- */

@media (forced-colors: active) {
  .vly-add,
  .vly-del {
    forced-color-adjust: none;
    color: CanvasText;
    background: Canvas;
  }

  .vly-add .vly-sign,
  .vly-del .vly-sign {
    font-weight: 700;
  }

  .vly-tab[aria-selected='true'],
  .vly-offers li[aria-selected='true'] {
    border-bottom-color: Highlight;
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }

  .vly-dot {
    background: CanvasText;
  }

  .vly-primary {
    border: 2px solid ButtonText;
  }
}

@media (prefers-contrast: more) {
  :is(.vly-side, .vly-widget, .vly-in-cell),
  [data-jp-theme-light] :is(.vly-side, .vly-widget, .vly-in-cell) {
    --vly-edge: var(--vly-text);
    --vly-soft: var(--vly-text);
  }
}

.vly-screen {
  overflow: hidden;
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  background: #fff;
}

.vly-screen[hidden] {
  display: none;
}

.vly-preview {
  display: block;
  margin: 0 auto;
  border: 0;
  transform-origin: top left;
}
`,""]),r.d(l,{},{A:i})},314(e){e.exports=function(e){var l=[];return l.toString=function(){return this.map(function(l){var r="",o=void 0!==l[5];return l[4]&&(r+="@supports (".concat(l[4],") {")),l[2]&&(r+="@media ".concat(l[2]," {")),o&&(r+="@layer".concat(l[5].length>0?" ".concat(l[5]):""," {")),r+=e(l),o&&(r+="}"),l[2]&&(r+="}"),l[4]&&(r+="}"),r}).join("")},l.i=function(e,r,o,a,t){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(o)for(var n=0;n<this.length;n++){var v=this[n][0];null!=v&&(i[v]=!0)}for(var p=0;p<e.length;p++){var d=[].concat(e[p]);o&&i[d[0]]||(void 0!==t&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=t),r&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=r),a&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=a):d[4]="".concat(a)),l.push(d))}},l}},601(e){e.exports=function(e){return e[1]}},665(e,l,r){r.r(l);var o=r(72),a=r.n(o),t=r(825),i=r.n(t),n=r(659),v=r.n(n),p=r(56),d=r.n(p),s=r(540),y=r.n(s),c=r(113),x=r.n(c),f=r(646),g={};g.styleTagTransform=x(),g.setAttributes=d(),g.insert=v().bind(null,"head"),g.domAPI=i(),g.insertStyleElement=y(),a()(f.A,g);let u=f.A&&f.A.locals?f.A.locals:void 0;r.d(l,{},{default:u})},72(e){var l=[];function r(e){for(var r=-1,o=0;o<l.length;o++)if(l[o].identifier===e){r=o;break}return r}function o(e,o){for(var a={},t=[],i=0;i<e.length;i++){var n=e[i],v=o.base?n[0]+o.base:n[0],p=a[v]||0,d="".concat(v," ").concat(p);a[v]=p+1;var s=r(d),y={css:n[1],media:n[2],sourceMap:n[3],supports:n[4],layer:n[5]};if(-1!==s)l[s].references++,l[s].updater(y);else{var c=function(e,l){var r=l.domAPI(l);return r.update(e),function(l){l?(l.css!==e.css||l.media!==e.media||l.sourceMap!==e.sourceMap||l.supports!==e.supports||l.layer!==e.layer)&&r.update(e=l):r.remove()}}(y,o);o.byIndex=i,l.splice(i,0,{identifier:d,updater:c,references:1})}t.push(d)}return t}e.exports=function(e,a){var t=o(e=e||[],a=a||{});return function(e){e=e||[];for(var i=0;i<t.length;i++){var n=r(t[i]);l[n].references--}for(var v=o(e,a),p=0;p<t.length;p++){var d=r(t[p]);0===l[d].references&&(l[d].updater(),l.splice(d,1))}t=v}}},659(e){var l={};e.exports=function(e,r){var o=function(e){if(void 0===l[e]){var r=document.querySelector(e);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(e){r=null}l[e]=r}return l[e]}(e);if(!o)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");o.appendChild(r)}},540(e){e.exports=function(e){var l=document.createElement("style");return e.setAttributes(l,e.attributes),e.insert(l,e.options),l}},56(e,l,r){e.exports=function(e){var l=r.nc;l&&e.setAttribute("nonce",l)}},825(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var l=e.insertStyleElement(e);return{update:function(r){var o,a,t;o="",r.supports&&(o+="@supports (".concat(r.supports,") {")),r.media&&(o+="@media ".concat(r.media," {")),(a=void 0!==r.layer)&&(o+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),o+=r.css,a&&(o+="}"),r.media&&(o+="}"),r.supports&&(o+="}"),(t=r.sourceMap)&&"u">typeof btoa&&(o+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(t))))," */")),e.styleTagTransform(o,l,e.options)},remove:function(){var e;null===(e=l).parentNode||e.parentNode.removeChild(e)}}}},113(e){e.exports=function(e,l){if(l.styleSheet)l.styleSheet.cssText=e;else{for(;l.firstChild;)l.removeChild(l.firstChild);l.appendChild(document.createTextNode(e))}}}}]);