// Starts the screen in gradio's component.

import { Connection } from "./shared/connection.js";
import { connect } from "./shared/host.js";
import { beginLanguage, translate } from "./shared/language.js";
import { pause, post } from "./shared/post.js";
import { remembered } from "./shared/tab_memory.js";

const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");

/** component: what gradio gives to a component's script: {element}. */
export async function start({ element }) {
  beginLanguage();
  translate(element);
  const connection = new Connection({ post, pause, token: remembered().token ?? null, tab });
  connect({
    element,
    trigger: (feature, data) => connection.send(feature, data),
    identity: () => ({ token: connection.token, tab: connection.tab }),
  });
  const { begin } = await import("./screen.js");
  begin(connection);
  const { watchTabs } = await import("./frame/tabs.js");
  watchTabs(element.closest("#mark-tabs").querySelector(".tab-wrapper"));
}
