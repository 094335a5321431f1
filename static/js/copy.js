// Buttons that copy: <button type="button" data-copy="#target" data-copied="Copied" hidden>.
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

show(document);
addEventListener("htmx:afterSettle", ({ target }) => show(target));

function show(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !document.querySelector(button.dataset.copy);
}

addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("span") ?? button;
  const text = label.textContent;
  await copy(document.querySelector(button.dataset.copy));
  label.textContent = status.textContent = button.dataset.copied ?? text;
  setTimeout(() => { label.textContent = text; status.textContent = ""; }, 3000);
});

async function copy(target) {
  if (navigator.clipboard) return navigator.clipboard.writeText(target.value ?? target.textContent);
  // Browsers offer the clipboard over HTTPS alone; elsewhere what is selected can be copied.
  if (target.select) target.select();
  else getSelection().selectAllChildren(target);
  document.execCommand("copy");
}
