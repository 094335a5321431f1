// Buttons that copy: <button type="button" data-copy="#target" data-copied="Copied" hidden>.
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

for (const button of document.querySelectorAll("[data-copy]")) {
  const target = document.querySelector(button.dataset.copy);
  const label = button.querySelector("span") ?? button;
  const text = label.textContent;
  button.hidden = !target;
  button.addEventListener("click", async () => {
    await copy(target);
    label.textContent = status.textContent = button.dataset.copied ?? text;
    setTimeout(() => { label.textContent = text; status.textContent = ""; }, 3000);
  });
}

async function copy(target) {
  if (navigator.clipboard) return navigator.clipboard.writeText(target.value ?? target.textContent);
  // Browsers offer the clipboard over HTTPS alone; elsewhere what is selected can be copied.
  if (target.select) target.select();
  else getSelection().selectAllChildren(target);
  document.execCommand("copy");
}
