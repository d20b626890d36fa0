// Requests to the server and the replies that stand in its views.

import { trigger } from "./host.js";
import { emit, state } from "./store.js";
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

/** Requests are numbered after those of the page before it was reloaded. */
export function countFrom(number) {
  last = Math.max(last, number);
}

/** Nothing that was asked will be answered any more. said: why. */
export function dropPending(said) {
  for (const [number, { timer, reject }] of pending) {
    clearTimeout(timer);
    pending.delete(number);
    reject(new RequestError("lost", said));
  }
}

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
    const entry = { feature, onProgress, resolve, reject, timer: 0 };
    const begun = Date.now();
    // while the server cannot be reached, the request has not been sent
    const giveUp = () => {
      const since = Math.max(begun, state.connection === "lost" ? Date.now() : state.back);
      const left = since + seconds * 1000 - Date.now();
      if (left > 50) entry.timer = setTimeout(giveUp, left);
      else {
        pending.delete(number);
        reject(new RequestError("lost", lost));
      }
    };
    pending.set(number, entry);
    if (seconds) entry.timer = setTimeout(giveUp, seconds * 1000);
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
