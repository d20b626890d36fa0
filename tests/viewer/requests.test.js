import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../assets/viewer/shared/host.js";
import { setTables } from "../../assets/viewer/shared/language.js";
import { receiveReplies, replyTo, request, send } from "../../assets/viewer/shared/requests.js";
import { setView, state } from "../../assets/viewer/shared/store.js";

setTables({});
const sent = [];
const trigger = (event, data) => sent.push({ event, ...data });
connect({ element: null, trigger, upload: null });

const reply = (feature, number, state, more = {}) => ({
  feature,
  number,
  state,
  action: "x",
  step: null,
  fraction: 0,
  error: null,
  data: {},
  ...more,
});

test("a request is one event of its feature with action, number and fields", async () => {
  const { number, reply: answer } = send("export", "export", { format: "csv" });
  assert.deepEqual(sent.at(-1), { event: "export", action: "export", number, format: "csv" });
  receiveReplies([reply("export", number, "done", { data: { file: "a.csv" } })]);
  assert.deepEqual(await answer, { file: "a.csv" });
});

test("only the reply of this feature and number settles it", async () => {
  const { number, reply: answer } = send("search", "search");
  let settled = false;
  answer.then(() => (settled = true));
  receiveReplies([reply("export", number, "done"), reply("search", number + 1, "done")]);
  await Promise.resolve();
  assert.equal(settled, false);
  receiveReplies([reply("search", number, "done")]);
  await answer;
  assert.equal(replyTo("search", number).state, "done");
});

test("progress is told, failure has the server's sentence, cancellation is none", async () => {
  const steps = [];
  const first = send("list_search", "search", {}, { onProgress: ({ fraction }) => steps.push(fraction) });
  receiveReplies([reply("list_search", first.number, "working", { fraction: 0.5 })]);
  const error = { id: "The list is empty.", values: {} };
  receiveReplies([reply("list_search", first.number, "failed", { error })]);
  await assert.rejects(
    first.reply,
    (fault) => fault.state === "failed" && String(fault.said) === "The list is empty."
  );
  assert.deepEqual(steps, [0.5]);
  const second = send("list_search", "search");
  receiveReplies([reply("list_search", second.number, "cancelled")]);
  await assert.rejects(second.reply, (fault) => fault.state === "cancelled");
});

test("a request that is not answered is given up with its sentence", async () => {
  const answer = request("editing", "add", {}, { seconds: 0.01, lost: "No answer came." });
  await assert.rejects(answer, (fault) => fault.state === "lost" && fault.said === "No answer came.");
});

test("an older view is not taken over, one of a new session is", () => {
  const view = (session, version) => ({ session, version, pages: [], notices: [], replies: [] });
  assert.equal(setView(view("a", 2)), true);
  assert.equal(setView(view("a", 1)), false);
  assert.equal(state.view.version, 2);
  assert.equal(setView(view("b", 1)), true);
});
