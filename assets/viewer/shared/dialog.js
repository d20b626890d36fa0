// Dialogs of the features: opened by a button, with one line that says how it stands and, where work can be cancelled, a
// button for that.

import { put } from "./dom.js";
import { percent, underway } from "./format.js";
import { find } from "./host.js";
import { joined, tr, worded } from "./language.js";
import { notify, request } from "./requests.js";

/**
 * The dialog of a feature, `.mk-<feature>-panel`.
 * opened: fills it. opener: whether a button `.mk-<feature>` of the screen opens it. modal: whether nothing else can be
 * used meanwhile. closed: called when it is closed.
 */
export class Dialog {
  constructor(feature, { opened = () => {}, opener = true, modal = true, closed = () => {} } = {}) {
    this.feature = feature;
    this.node = find(`.mk-${feature}-panel`);
    this.opened = opened;
    this._modal = modal;
    this._status = this.node.querySelector(".mk-panel-status");
    this._cancel = this.node.querySelector(".mk-panel-cancel");
    this._last = 0; // counts what was asked; an answer to an earlier question is not shown
    this._waiting = false;
    if (opener) find(`.mk-${feature}`).addEventListener("click", () => this.open());
    this._cancel?.addEventListener("click", () => notify(feature, "cancel"));
    for (const button of this.node.querySelectorAll(".mk-panel-close")) {
      button.addEventListener("click", () => this.close());
    }
    this.node.addEventListener("close", closed);
    if (modal) this._closeBeside();
    else this._closeByKey(opener ? find(`.mk-${feature}`) : null);
  }

  /** Whether an answer is waited for. */
  get waiting() {
    return this._waiting;
  }

  open() {
    if (this._modal) {
      this.opened();
      if (!this.node.open) this.node.showModal();
    } else if (this.node.open) this.close();
    else {
      this.node.show();
      this.opened();
    }
  }

  close() {
    this.node.close();
  }

  /** What is done when its form is sent. */
  onSubmit(act) {
    this.node.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }

  say(...parts) {
    this._status.classList.remove("mk-panel-error");
    put(this._status, ...parts);
  }

  fail(sentence) {
    this._status.classList.add("mk-panel-error");
    put(this._status, sentence);
  }

  /** Asks the server and says how far it is; `answered` is given the data, unless something else was asked since. */
  async ask(action, fields, answered) {
    const mine = (this._last += 1);
    this._waiting = true;
    const isLast = () => mine === this._last;
    const onProgress = (reply) => isLast() && this._progress(reply);
    try {
      const data = await request(this.feature, action, fields, { onProgress });
      if (isLast()) {
        this._end();
        answered(data);
      }
    } catch (error) {
      if (!isLast()) return;
      this._end();
      if (error.state === "cancelled") this.say(tr("Cancelled."));
      else if (error.state) this.fail(error.said);
      else throw error;
    }
  }

  _progress({ step, fraction }) {
    this.say(joined([underway(worded(step)), fraction > 0 ? percent(fraction) : null], " "));
    if (this._cancel) this._cancel.hidden = false;
  }

  _end() {
    this._waiting = false;
    if (this._cancel) this._cancel.hidden = true;
  }

  // The browser does that for modal ones alone, the focus too.
  _closeByKey(opener) {
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.node.addEventListener("close", () => this.node.contains(document.activeElement) && opener?.focus());
  }

  // A click beside the dialog closes it; one that began inside, as when text is marked, does not.
  _closeBeside() {
    let outside = false;
    this.node.addEventListener("pointerdown", (event) => (outside = event.target === this.node));
    this.node.addEventListener("click", (event) => event.target === this.node && outside && this.close());
  }
}
