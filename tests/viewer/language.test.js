import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  count,
  joined,
  named,
  number,
  plural,
  setTables,
  tr,
  worded,
} from "../../assets/viewer/shared/language.js";
import { percent, shorten, sizeOf, underway } from "../../assets/viewer/shared/format.js";

const GERMAN = {
  "Hit {rank}, {score}": "Treffer {rank}, {score}",
  "{n} pages": { one: "eine Seite", other: "{n} Seiten" },
  "{file}: {reason}": "{file}: {reason}",
  "This file is empty.": "Diese Datei ist leer.",
  "{step}…": "{step} …",
};
const english = () => setTables({ de: GERMAN }, "en");
const german = () => setTables({ de: GERMAN }, "de");
beforeEach(english);

test("English needs no table, and a language without one is English", () => {
  assert.equal(String(tr("Hit {rank}, {score}", { rank: 3, score: "96 %" })), "Hit 3, 96 %");
  setTables({ de: GERMAN }, "fr");
  assert.equal(String(tr("This file is empty.")), "This file is empty.");
});

test("a saying follows the language", () => {
  const saying = tr("Hit {rank}, {score}", { rank: 3, score: "96 %" });
  german();
  assert.equal(String(saying), "Treffer 3, 96 %");
});

test("a number decides about the form", () => {
  assert.equal(String(count(1, "page", "pages")), "1\u00a0page");
  assert.equal(String(plural(2, "{n} page", "{n} pages")), "2\u00a0pages");
  german();
  assert.equal(String(count(1, "page", "pages")), "eine Seite");
  assert.equal(String(count(2, "page", "pages")), "2\u00a0Seiten");
});

test("numbers are written in the language", () => {
  assert.equal(number(12345.5), "12,345.5");
  german();
  assert.equal(number(12345.5), "12.345,5");
});

test("sentences of the server are worded by their id, those inside them too", () => {
  const message = {
    id: "{file}: {reason}",
    values: { file: "a.png", reason: { id: "This file is empty.", values: {} } },
  };
  assert.equal(String(worded(message)), "a.png: This file is empty.");
  german();
  assert.equal(String(worded(message)), "a.png: Diese Datei ist leer.");
});

test("what people have named is never worded", () => {
  german();
  assert.equal(String(named("This file is empty.")), "This file is empty.");
  const message = { id: "{file}: {reason}", values: { file: "{reason}", reason: "This file is empty." } };
  assert.equal(String(worded(message)), "{reason}: This file is empty.");
  for (const odd of ["__proto__", "constructor", "{file}"])
    assert.equal(String(worded({ id: odd, values: {} })), odd);
});

test("parts are joined without the empty ones", () => {
  assert.equal(String(joined([tr("This file is empty."), null, "x"], " · ")), "This file is empty. · x");
});

test("percentages claim certainty only where it is", () => {
  const shown = [0, 0.001, 0.5, 0.996, 1].map((score) => percent(score).replace("\u202f", " "));
  assert.deepEqual(shown, ["0 %", "< 1 %", "50 %", "99 %", "100 %"]);
});

test("sizes, cut texts and steps", () => {
  assert.deepEqual(
    [10, 250_000, 2_340_000]
      .map(String)
      .map(Number)
      .map((bytes) => String(sizeOf(bytes))),
    ["1 kB", "250 kB", "2.3 MB"]
  );
  assert.equal(shorten("abcdef", 4), "abc…");
  assert.equal(shorten("abcd", 4), "abcd");
  german();
  assert.equal(String(underway(tr("This file is empty."))), "Diese Datei ist leer …");
});
