import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink, writeLink } from "../../assets/viewer/search/link_address.js";
import { fileAddress } from "../../assets/viewer/shared/address.js";

test("files have an address below the path of a proxy", () => {
  const config = { root: "https://example.org/mark/", api_prefix: "/gradio_api" };
  assert.equal(
    fileAddress(config, "/a b/ü#.jpg"),
    "https://example.org/mark/gradio_api/file=/a%20b/%C3%BC%23.jpg"
  );
  assert.equal(fileAddress({}, "/x.json"), "/gradio_api/file=/x.json");
});

test("a link that is written is read again", () => {
  const link = {
    samples: ["letter-english", "ledger & co"],
    text: "of the fort?",
    word: 16,
    variants: true,
    abbreviations: "la",
  };
  const address = writeLink("https://example.org/mark/", link);
  assert.ok(address.startsWith("https://example.org/mark/?sample=letter-english&"));
  assert.deepEqual(readLink(new URL(address).search), link);
});

test("an address without a sample is no link", () => {
  assert.equal(readLink("?text=Winchester"), null);
});

test("what stands in an address may come from anybody", () => {
  for (const word of ["0", "-1", "1.5", "1e3", "12345678", "x", ""]) {
    assert.equal(readLink(`?sample=a&word=${word}`).word, null, word);
  }
  assert.equal(readLink(`?sample=a&text=${"x".repeat(5000)}`).text.length, 1000);
  assert.equal(readLink("?sample=a&variants=yes").variants, false);
  assert.equal(readLink(`?sample=a&abbreviations=${"x".repeat(50)}`).abbreviations.length, 8);
});
