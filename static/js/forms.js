// A double click sends a form once; a page with unsaved changes asks before it is left; errors take the focus.
let isSending = false;

addEventListener("submit", (event) => {
  if (isSending) event.preventDefault();
  isSending = !event.defaultPrevented || isSending;
});
addEventListener("pageshow", () => { isSending = false; });

let isChanged = false;
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
}
addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });

document.querySelector(".error-summary")?.focus();
