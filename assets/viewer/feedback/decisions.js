// What is decided about hits, also where the server has not answered yet.

import { tr } from "../shared/language.js";
import { replyTo } from "../shared/requests.js";

/** @typedef {import("../shared/types.js").Hit} Hit */

export const DECISIONS = { confirmed: tr("confirmed"), rejected: tr("rejected") };
export const SIGNS = { confirmed: "\u2713", rejected: "\u2717" };

/** @type {{action: string, hit: Hit | null, number: number, fields: object}[]} in the order in which they were made */
let pending = [];

/** Whether two hits are the same words. */
export const sameHit = (one, other) =>
  one.page === other.page && one.word === other.word && String(one.box) === String(other.box);

/** "confirmed", "rejected", or nothing. @param {Hit} hit */
export function decisionOf(hit) {
  const last = pending.filter((entry) => entry.hit && sameHit(entry.hit, hit) && !isAnswered(entry)).pop();
  if (!last) return hit.decision ?? null;
  return last.action === "withdrawn" ? null : last.action;
}

const isAnswered = ({ number }) => {
  const reply = number ? replyTo("feedback", number) : null;
  return Boolean(reply) && reply.state !== "working";
};

/** Remembers a decision that has still to be sent. */
export function addPending(action, hit, fields) {
  const entry = { action, hit, number: 0, fields };
  pending.push(entry);
  return entry;
}

/** The next decision to be sent; null while one is on its way. */
export const nextPending = () => (pending.length && !pending[0].number ? pending[0] : null);

/** A decision was sent as the request of this number. */
export function markSent(entry, number) {
  entry.number = number;
}

/** A decision is answered, or given up. */
export function removePending(entry) {
  pending = pending.filter((other) => other !== entry);
}
