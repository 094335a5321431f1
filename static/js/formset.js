// Adds rows to a formset in place: [data-formset="prefix"] with [data-formset-rows], a template and a button.
for (const set of document.querySelectorAll("[data-formset]")) {
  const total = set.querySelector(`[name="${set.dataset.formset}-TOTAL_FORMS"]`);
  const rows = set.querySelector("[data-formset-rows]");
  const empty = set.querySelector("template[data-formset-empty]");
  const add = set.querySelector("[data-formset-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const html = empty.innerHTML.replaceAll("__prefix__", total.value);
    rows.insertAdjacentHTML("beforeend", html);
    total.value = Number(total.value) + 1;
    rows.lastElementChild.querySelector("input:not([type=hidden])").focus();
  });
}
