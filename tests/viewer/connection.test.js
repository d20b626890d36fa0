import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../assets/viewer/shared/connection.js";

// answers: what the server says in turn to each way; "away" where it cannot be reached.
function connect(answers) {
  const asked = [];
  const states = [];
  const views = [];
  const arrivals = [];
  const post = async (way, body) => {
    asked.push({ way, ...body });
    const answer = (answers[way] ?? []).shift() ?? { state: "taken" };
    if (answer === "away") throw new TypeError("failed to fetch");
    return answer;
  };
  const connection = new Connection({ post, pause: async () => {}, token: "t", tab: "tab" });
  connection.onState = (state) => states.push(state);
  connection.onView = (view) => views.push(view);
  connection.onArrival = (answer, again) => arrivals.push({ ...answer, again });
  return { connection, asked, states, views, arrivals };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("requests are sent in order, each until it has arrived", async () => {
  const accepted = { state: "accepted" };
  const { connection, asked, states } = connect({
    request: ["away", "away", accepted, { state: "busy" }, accepted],
  });
  connection.send("search", { number: 1 });
  connection.send("pages", { number: 2 });
  assert.equal(connection.waits, true);
  await settle();
  assert.deepEqual(
    asked.map(({ feature, data }) => `${feature} ${data.number}`),
    ["search 1", "search 1", "search 1", "pages 2", "pages 2"]
  );
  assert.equal(connection.waits, false);
  assert.deepEqual([...new Set(states)], ["lost", "there"]);
});

test("one failure alone is no lost connection", async () => {
  const { connection, states } = connect({ request: ["away", { state: "accepted" }] });
  connection.send("search", { number: 1 });
  await settle();
  assert.equal(states.includes("lost"), false);
});

test("what a view does not say stays as it was, until a session begins anew", async () => {
  const view = (changes, parts) => ({ state: "view", changes, view: parts });
  const here = { state: "here", token: "t", changes: 1, view: { pages: ["one"], busy: null } };
  const { connection, views } = connect({
    arrive: [here],
    views: [view(2, { busy: "a" }), view(3, { pages: [] })],
  });
  await connection.arrive({});
  await connection.listen();
  assert.deepEqual(views, [
    { pages: ["one"], busy: null },
    { pages: ["one"], busy: "a" },
    { pages: [], busy: "a" },
  ]);
});

test("views are asked for with the changes that were seen, until another tab has the session", async () => {
  const view = (changes) => ({ state: "view", changes, view: { version: changes } });
  const { connection, asked, views, states } = connect({
    views: [view(3), { state: "same" }, "away", view(7)],
  });
  await connection.listen();
  assert.deepEqual(views, [{ version: 3 }, { version: 7 }]);
  assert.deepEqual(
    asked.map(({ changes }) => changes),
    [0, 3, 3, 3, 7]
  );
  assert.equal(states.at(-1), "taken");
  connection.send("search", { number: 1 });
  await settle();
  assert.equal(asked.filter(({ way }) => way === "request").length, 0);
});

test("where the session is gone a new one is begun, and what was asked of the old one is not sent", async () => {
  const { connection, asked, arrivals } = connect({
    request: ["away", "away", "away", { state: "gone" }],
    views: [{ state: "gone" }],
    arrive: [{ state: "here", token: "new", changes: 1, view: {} }],
  });
  connection.send("search", { number: 1 });
  await connection.listen();
  await settle();
  assert.equal(arrivals[0].again, true);
  assert.equal(connection.token, "new");
  assert.equal(connection.waits, false);
  assert.equal(asked.filter(({ way, token }) => way === "request" && token === "new").length, 0);
});
