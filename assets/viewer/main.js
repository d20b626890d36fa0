// Starts the screen in gradio's component.

import { connect } from "./shared/host.js";
import { beginLanguage, translate } from "./shared/language.js";

/** component: what gradio gives to a component's script: {element, props, trigger, watch, upload}. */
export async function start({ element, props, trigger, watch, upload }) {
  beginLanguage();
  translate(element);
  connect({ element, trigger, upload });
  const { receive } = await import("./screen.js");
  const receiveValue = () => receive(props.value ? JSON.parse(props.value) : null);
  watch("value", receiveValue);
  receiveValue();
  const { watchTabs } = await import("./frame/tabs.js");
  watchTabs(element.closest("#mark-tabs").querySelector(".tab-wrapper"));
}
