// The component's element, and the way to the server.

/**
 * @type {{
 *   element: HTMLElement,
 *   trigger: (feature: string, data: object) => void,
 *   identity: () => {token: string | null, tab: string},
 * }}
 */
let host;

/** Called once, before any module that looks up its parts is loaded. */
export function connect(component) {
  host = component;
}

/** The part of the screen with this selector. @returns {any} */
export const find = (selector) => host.element.querySelector(selector);

/** All parts with this selector. @returns {any[]} */
export const findAll = (selector) => [...host.element.querySelectorAll(selector)];

/** The value of the chosen radio button of a name. */
export const chosenValue = (name) => (find(`input[name="${name}"]:checked`) || {}).value;

/** Whether the screen is still part of the document. */
export const isShown = () => host.element.isConnected;

/** The key of the tab's session, and the name of this loading of the page. */
export const identity = () => host.identity();

export const trigger = (event, data) => host.trigger(event, data);
