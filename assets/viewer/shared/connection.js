// The tab's connection to its session on the server, see mark_core/ui/connection.py. Whatever is asked while the server
// cannot be reached is kept and sent, in order and once, when it can be reached again.

const PAUSES = [300, 700, 1500, 3000, 5000]; // milliseconds before it is tried again
const BUSY_PAUSE = 2000;
const FAILURES = 2; // in a row, after which the connection counts as lost

/**
 * post(way, body): the server's answer; rejects when it cannot be reached.
 * pause(milliseconds): resolves after them, or sooner when it may be worth a try.
 * token: of a session to be taken up again. tab: the name of this loading of the page.
 * Set before it is used: onView(view), onState("there" | "lost" | "taken"), and onArrival(answer, again), where again is
 * whether this page had a session before that is no more.
 */
export class Connection {
  constructor({ post, pause, token, tab }) {
    this.post = post;
    this.pause = pause;
    this.token = token;
    this.tab = tab;
    /** @type {(view: any) => void} */
    this.onView = () => {};
    /** @type {(state: string) => void} */
    this.onState = () => {};
    /** @type {(answer: any, again: boolean) => void} */
    this.onArrival = () => {};
    this.state = "there";
    this.changes = 0;
    /** @type {any} the last view, of which the server sends what is new */
    this.view = {};
    this.outbox = [];
    this.sending = false;
  }

  /** Whether something that was asked for has not reached the server. */
  get waits() {
    return this.outbox.length > 0;
  }

  /** Opens a session, or takes it up again. asked: what the address wants, and what the tab had. */
  async arrive(asked, again = false) {
    const answer = await this.insist("arrive", asked);
    if (!answer) return;
    this.token = answer.token;
    this.changes = answer.changes;
    this.view = answer.view;
    this.onArrival(answer, again);
    this.onView(this.view);
  }

  /** Sends a request of a feature; what comes of it stands in the views. */
  send(feature, data) {
    this.outbox.push({ feature, data, token: this.token }); // a later session does not know what it is about
    this.empty();
  }

  /** Asks for views for as long as the session is this tab's. */
  async listen() {
    while (this.state !== "taken") {
      const answer = await this.insist("views", { changes: this.changes });
      if (answer?.state === "gone") await this.renew();
      else if (answer?.state === "view") {
        this.changes = answer.changes;
        this.view = { ...this.view, ...answer.view };
        this.onView(this.view);
      } else if (answer?.state === "refused") await this.pause(BUSY_PAUSE);
    }
  }

  async renew() {
    this.outbox = [];
    await this.arrive({ owned: true, wanted: "", follow: false }, true);
  }

  async empty() {
    if (this.sending) return;
    this.sending = true;
    while (this.outbox.length && this.token && this.state !== "taken") {
      const [first] = this.outbox;
      const answer = await this.insist("request", { ...first, token: first.token ?? this.token });
      if (this.outbox[0] !== first) continue; // a new session has begun
      if (answer?.state === "gone") break; // one is on its way
      this.outbox.shift();
      if (!this.outbox.length) this.tell(this.state);
    }
    this.sending = false;
  }

  /** Asks until there is an answer; null if the session is another tab's by now. */
  async insist(way, body) {
    for (let failures = 0; this.state !== "taken"; ) {
      let answer = null;
      try {
        answer = await this.post(way, { token: this.token, tab: this.tab, ...body });
      } catch {
        failures += 1;
        if (failures >= FAILURES) this.tell("lost");
        await this.pause(PAUSES[Math.min(failures, PAUSES.length) - 1]);
        continue;
      }
      failures = 0;
      if (answer.state === "busy") {
        await this.pause(BUSY_PAUSE);
        continue;
      }
      this.tell(answer.state === "taken" ? "taken" : "there");
      if (answer.state !== "taken") return answer;
    }
    return null;
  }

  tell(state) {
    if (this.state === "taken") return;
    this.state = state;
    this.onState(state);
    if (state === "there") this.empty();
  }
}
