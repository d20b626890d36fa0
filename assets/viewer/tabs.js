// The names of the tabs are gradio's to draw, which it does anew when their room changes.

const tabs = element.closest("#mark-tabs").querySelector(".tab-wrapper");
window.markLanguage.translate(tabs);
new MutationObserver(() => window.markLanguage.translate(tabs)).observe(tabs, { childList: true, subtree: true });
