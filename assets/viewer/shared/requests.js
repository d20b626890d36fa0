// Requests to the server and the replies that stand in its views.

import { trigger } from "./host.js";
import { emit } from "./store.js";
import { worded } from "./language.js";

/** @typedef {import("./types.js").Reply} Reply */

/** Why a request has no result. said: a sentence; empty if it was cancelled. */
export class RequestError extends Error {
  constructor(state, said) {
    super(String(said));
    this.state = state; // "failed", "cancelled" or "lost"
    this.said = said;
  }
}

const pending = new Map(); // number -> {feature, onProgress, resolve, reject, timer}
/** @type {Map<string, Reply>} */
let replies = new Map(); // of the last view, by feature and number
let last = 0; // number of the last request

const keyOf = (feature, number) => `${feature} ${number}`;

/**
 * Asks the server. The promise resolves to the data of the reply, or rejects with a RequestError.
 * onProgress: is given every reply while it is worked on. seconds: after which no reply is waited for any longer; lost:
 * the sentence for that.
 * @returns {{number: number, reply: Promise<any>}}
 */
export function send(feature, action, fields = {}, { onProgress = null, seconds = 0, lost = null } = {}) {
  last += 1;
  const number = last;
  const reply = new Promise((resolve, reject) => {
    const giveUp = () => {
      pending.delete(number);
      reject(new RequestError("lost", lost));
    };
    const timer = seconds ? setTimeout(giveUp, seconds * 1000) : 0;
    pending.set(number, { feature, onProgress, resolve, reject, timer });
  });
  emit("request", feature, action, fields);
  trigger(feature, { action, number, ...fields });
  return { number, reply };
}

/** The same where the number is of no interest. */
export const request = (feature, action, fields = {}, options = {}) =>
  send(feature, action, fields, options).reply;

/** The same where the view says all there is to say, also of what went wrong. */
export function notify(feature, action, fields = {}) {
  request(feature, action, fields).catch(() => {});
}

/** The last reply to a request, also before its promise has resolved. */
export const replyTo = (feature, number) => replies.get(keyOf(feature, number));

/** Settles what the replies of a view answer. @param {Reply[]} fresh */
export function receiveReplies(fresh) {
  replies = new Map(fresh.map((reply) => [keyOf(reply.feature, reply.number), reply]));
  for (const [number, waiting] of pending) {
    const reply = replyTo(waiting.feature, number);
    if (!reply) continue;
    if (reply.state === "working") {
      waiting.onProgress?.(reply);
      continue;
    }
    clearTimeout(waiting.timer);
    pending.delete(number);
    if (reply.state === "done") waiting.resolve(reply.data);
    else waiting.reject(new RequestError(reply.state, reply.error ? worded(reply.error) : ""));
  }
}
