// The open pages are shared with a class: its code and address, and its end.

import { Dialog } from "../shared/dialog.js";
import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { plural, tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";

const address = find(".mk-class_sharing-address");
const copyButton = find(".mk-class_sharing-copy");
const endButton = find(".mk-class_sharing-end");
const dialog = new Dialog("class_sharing", { opened: () => dialog.say("") });

dialog.onSubmit(() => {
  dialog.ask("share", {}, () => {
    const { pages } = state.view.class_sharing;
    dialog.say(plural(pages, "{n} page is shared with the class.", "{n} pages are shared with the class."));
  });
});
endButton.addEventListener("click", () =>
  dialog.ask("end", {}, () => {
    dialog.say(tr("The class is over. Nobody can open its pages any more."));
    find(".mk-class_sharing-panel .mk-primary").focus();
  })
);
address.addEventListener("focus", () => address.select());
copyButton.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(address.value);
    dialog.say(tr("Address copied."));
  } catch {
    address.focus();
    dialog.say(tr("The browser did not copy the address; it is marked now."));
  }
});

on("view", () => {
  const { code, hours } = state.view.class_sharing;
  put(
    find(".mk-class_sharing-kept"),
    plural(
      hours,
      "The server keeps these pages until you end the class, or until nobody has opened it for {n} hour. Who has them open keeps them until that visit ends. No names are asked for.",
      "The server keeps these pages until you end the class, or until nobody has opened it for {n} hours. Who has them open keeps them until that visit ends. No names are asked for."
    )
  );
  for (const part of [find(".mk-class_sharing-shown"), copyButton, endButton]) part.hidden = !code;
  if (!code) return;
  find(".mk-class_sharing-code").textContent = `${code.slice(0, 4)}-${code.slice(4)}`;
  const place = new URL(window.location.href);
  place.hash = "";
  place.search = `?class=${code}`;
  address.value = place.href;
});
