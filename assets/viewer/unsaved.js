// Work that would go with the tab, told beside "Save project". The browser cannot ask before the tab is closed: gradio
// ends the session on "beforeunload", before anybody has answered, and its listener comes before any of ours.

// What changes pages, boxes, decisions, names or what is known of the hand.
const WORK = new Set([
  "add_files", "add_address", "choose_pages", "rename_page", "move_page", "remove_page", "undo_remove", "correct_boxes", "judge_hit",
  "name_words", "answer_word", "learn_hand", "steer_learning",
]);
const work = { done: 0, saved: 0 }; // counts what was done, and what of it a saved project holds

const send = trigger;
trigger = (event, data) => {
  if (WORK.has(event) && !onlyProjects(data)) work.done += 1;
  send(event, data);
};

// A project that is opened lies on the visitor's computer already.
const onlyProjects = ({ files }) => Boolean(files) && files.every(({ name }) => name.toLowerCase().endsWith(".mark"));

// Samples are there again for everybody.
function drawUnsaved() {
  const own = [...state.pages.values()].some((page) => !page.sample);
  find(".mk-unsaved").hidden = !own || work.done <= work.saved;
}
