import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenClusters, labelOf } from "../../assets/viewer/tools/cluster_filter.js";
import { setTables } from "../../assets/viewer/shared/language.js";
import { shareOf, stepOf } from "../../assets/viewer/uploads/upload_jobs.js";

const cluster = (name, reads, count) => ({ name, reads, count });

test("clusters are chosen by letters of their name or reading, and by how often they occur", () => {
  const all = [cluster("Fort", "fert", 3), cluster("", "Orders", 2), cluster("", "fortnight", 1)];
  assert.deepEqual(chosenClusters(all, " FORT ", false).map(labelOf), ["Fort"]);
  assert.deepEqual(chosenClusters(all, "fort", true).map(labelOf), ["Fort", "fortnight"]);
  assert.equal(chosenClusters(all, "", false).length, 2);
});

test("an upload says its page where it has several", () => {
  setTables({});
  const job = {
    id: "1",
    title: "x.pdf",
    step: { id: "Reading", values: {} },
    fraction: 0.5,
    number: 3,
    total: 4,
  };
  assert.equal(String(stepOf(job)), "Reading, page 3 of 4");
  assert.equal(shareOf(job), 0.625);
  assert.equal(String(stepOf({ ...job, total: 0 })), "Reading, page 3");
  assert.equal(shareOf({ ...job, number: 1, total: 1 }), 0.5);
  assert.equal(String(stepOf({ ...job, number: 1, total: 1 })), "Reading");
});
