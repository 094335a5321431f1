// Comforts of every page: a form is sent once, unsaved input is not lost, errors take the focus, menus close.

const sent = new Map();
const changed = new Set();

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  sent.set(form, event.submitter);
  changed.delete(form);
  // Disabled only afterwards: a disabled button would not be sent along.
  setTimeout(() => { if (event.submitter) event.submitter.disabled = true; });
});
// Who asks for what was found, which htmx brings in place, wants to go on from there.
addEventListener("submit", ({ defaultPrevented, target: form }) => {
  if (defaultPrevented && form.dataset.then) document.querySelector(form.dataset.then).focus();
});
addEventListener("pageshow", () => {
  for (const button of sent.values()) if (button) button.disabled = false;
  sent.clear();
});

addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-unsaved]")) changed.add(form);
});
addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });

document.querySelector(".error-summary")?.focus();

addEventListener("click", (event) => close((menu) => !menu.contains(event.target)));
addEventListener("keydown", (event) => { if (event.key === "Escape") close((menu) => menu.contains(document.activeElement)); });

function close(isMeant) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!isMeant(menu)) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

// A part of a page that is asked for anew keeps what was opened in it, and the focus. Fields, links and buttons with an
// id keep it by htmx itself.
let opened = [];
let focused;
addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target } = detail;
  const selection = getSelection();
  if (!selection.isCollapsed && target.contains(selection.anchorNode)) detail.shouldSwap = false; // the next look will do
  opened = [...target.querySelectorAll("details[id]")].map(({ id, open }) => [id, open]);
  focused = target.contains(document.activeElement) && document.activeElement.closest("summary")?.parentElement.id;
});
addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of opened) document.getElementById(id)?.toggleAttribute("open", open);
  if (focused) document.querySelector(`#${focused} > summary`)?.focus();
});
