// Rows of a formset, in place. [data-formset="prefix"] holds [data-formset-rows], <template data-formset-empty> and
// a button [data-formset-add]; a row may hold a button [data-formset-remove]. data-added and data-removed on the
// formset are what is announced.
for (const set of document.querySelectorAll("[data-formset]")) {
  const total = set.querySelector(`[name="${set.dataset.formset}-TOTAL_FORMS"]`);
  const maximum = set.querySelector(`[name="${set.dataset.formset}-MAX_NUM_FORMS"]`);
  const rows = set.querySelector("[data-formset-rows]");
  const empty = set.querySelector("template[data-formset-empty]");
  const add = set.querySelector("[data-formset-add]");
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  set.append(status);
  show();

  add.addEventListener("click", () => {
    rows.insertAdjacentHTML("beforeend", empty.innerHTML.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    focusIn(rows.lastElementChild);
    status.textContent = set.dataset.added ?? "";
    show();
  });

  rows.addEventListener("click", (event) => {
    const row = [...rows.children].find((child) => child.contains(event.target));
    if (!event.target.closest("[data-formset-remove]") || !row) return;
    row.querySelector("[name$='-DELETE']").checked = true;
    row.hidden = true;
    const left = [...rows.children].filter((child) => !child.hidden);
    if (left.length) focusIn(left.at(-1));
    else add.focus();
    status.textContent = set.dataset.removed ?? "";
  });

  function show() {
    add.hidden = Number(total.value) >= Number(maximum?.value || 1000);
    for (const button of rows.querySelectorAll("[data-formset-remove]")) button.hidden = false;
  }
}

function focusIn(row) {
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}
