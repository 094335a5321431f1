// Buttons that copy: <button data-copy="#target" data-copied="Copied" hidden>.
for (const button of document.querySelectorAll("[data-copy]")) {
  const target = document.querySelector(button.dataset.copy);
  const status = button.closest(".secret")?.querySelector("[data-copy-status]");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(target.value ?? target.textContent);
    button.querySelector("span").textContent = button.dataset.copied;
    if (status) status.textContent = button.dataset.copied;
  });
}
