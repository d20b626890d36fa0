import assert from "node:assert/strict";
import { test } from "node:test";
import { SendingError, sendFiles } from "../../assets/viewer/uploads/sending.js";

const files = [
  { name: "a.jpg", size: 100 },
  { name: "b.jpg", size: 300 },
  { name: "c.jpg", size: 100 },
];
const signal = new AbortController().signal;
const quiet = { limit: 1000, onProgress: () => {}, signal };
const names = ({ failed }) => failed.map(({ file, reason }) => `${file.name} ${reason}`);

test("files are sent one by one, and progress counts the bytes of all", async () => {
  const told = [];
  const send = async (file, onBytes) => {
    onBytes(file.size / 2);
    onBytes(file.size + 50); // with what the form adds
    return `/tmp/${file.name}`;
  };
  const onProgress = ({ number, total, fraction }) => told.push([number, total, fraction]);
  const { sent, failed } = await sendFiles(files, { ...quiet, send, onProgress });
  assert.deepEqual(sent[1], { path: "/tmp/b.jpg", name: "b.jpg" });
  assert.deepEqual(failed, []);
  assert.deepEqual(told.slice(0, 4), [
    [1, 3, 0],
    [1, 3, 0.1],
    [1, 3, 0.2],
    [2, 3, 0.2],
  ]);
  assert.deepEqual(told.at(-1), [3, 3, 1]);
});

test("after a lost connection the rest is not tried, and everything is named", async () => {
  const tried = [];
  const send = async (file) => {
    tried.push(file.name);
    if (file.name === "b.jpg") throw new SendingError("lost");
    return "/tmp/x";
  };
  const outcome = await sendFiles(files, { ...quiet, send });
  assert.deepEqual(names(outcome), ["b.jpg lost", "c.jpg lost"]);
  assert.deepEqual(tried, ["a.jpg", "b.jpg"]);
  assert.equal(outcome.sent.length, 1);
});

test("what is too large is not sent, what is refused does not stop the others", async () => {
  const send = async (file) => {
    if (file.name === "a.jpg") throw new SendingError("refused", 403);
    return "/tmp/x";
  };
  const outcome = await sendFiles(files, { ...quiet, limit: 200, send });
  assert.deepEqual(names(outcome), ["a.jpg refused", "b.jpg large"]);
  assert.equal(outcome.failed[0].status, 403);
  assert.deepEqual(
    outcome.sent.map(({ name }) => name),
    ["c.jpg"]
  );
});

test("cancelled while a file is sent, nothing more is", async () => {
  const canceller = new AbortController();
  const send = async () => {
    canceller.abort();
    throw new SendingError("cancelled");
  };
  const outcome = await sendFiles(files, { ...quiet, send, signal: canceller.signal });
  assert.deepEqual(names(outcome), ["a.jpg cancelled", "b.jpg cancelled", "c.jpg cancelled"]);
});
