// Over the slider of the threshold: how many words have which score, and which of them are hits.

import { makeSvg, make, setAll } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";
import { binsOf } from "./score_bins.js";

const HEIGHT = 24;
const slider = find(".mk-threshold");
const drawing = makeSvg("svg", {
  class: "mk-scores",
  role: "img",
  "aria-label": tr("Scores of the words that were found"),
  preserveAspectRatio: "none",
});
const frame = make("span", { class: "mk-scored" }, drawing);
slider.replaceWith(frame);
frame.append(slider);

on("hits", () => {
  const hits = state.result && !state.result.error ? state.result.hits : [];
  const bins = binsOf(hits, state.split.lit);
  const most = Math.log1p(Math.max(1, ...bins.map(({ all }) => all)));
  setAll(drawing, { viewBox: `0 0 ${bins.length} ${HEIGHT}`, hidden: !hits.length });
  drawing.replaceChildren(
    ...bins.flatMap(({ all, lit }, place) => {
      const bar = (count, name) => {
        const height = (HEIGHT * Math.log1p(count)) / most; // the many unlikely ones would hide the few hits
        return makeSvg("rect", { class: name, x: place + 0.1, width: 0.8, y: HEIGHT - height, height });
      };
      return [all && bar(all, "mk-score-all"), lit && bar(lit, "mk-score-lit")].filter(Boolean);
    })
  );
});
